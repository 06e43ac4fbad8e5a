"""Whose a changed path is, as far as dpkg's own records tell. Whether that settles it is judged on our side."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from typing import NamedTuple

from koor_provision.audit.target import accounts, links, packages
from koor_provision.audit.target.archives import Archives
from koor_provision.audit.target.differences import Difference, Entry, entry
from koor_provision.audit.target.records import Records
from koor_provision.audit.target.scripts import Scripts, scripts
from koor_provision.audit.target.tree import describe

# The states of a claim.
SHIPPED, REGISTERED, COMPILED, RECORD = "shipped", "registered", "compiled", "record"
LINK, MADE = "link", "made"
GONE, DIFFERS, INSIDE, SCRIPT = "gone", "differs", "inside", "script"
STRANGE_MODE, STRANGE_OWNER = "strange mode", "strange owner"
# Where a package's folders are its own, down to whatever its programs make in them; and those that many write to.
_OWN_FOLDERS = re.compile(r"/var/(lib|cache|log)/(?!(dpkg|apt|systemd|private|journal)(/|$))[^/]+(/.+)?")
_DEEPEST = 3
_SYSUSERS = "/usr/lib/sysusers.d/"
_MOST_NAMED = 5
_LAID_ASIDE = ".dpkg-new"
_BYTECODE = re.compile(r"(?P<folder>/.+)/__pycache__/(?P<name>[^/]+)\.cpython-\d+(\.opt-\d)?\.pyc")


class Claim(NamedTuple):
    """The package that has a path, and how what lies there agrees with that; empty where none has it."""

    package: str = ""
    state: str = ""


def dangerous(seen: Entry) -> bool:
    """Whether a file or folder is open to more people than its kind should be, or lends out rights."""
    if seen.attributes:
        return True
    if stat.S_ISDIR(seen.mode):
        return bool(seen.mode & stat.S_IWOTH) and not seen.mode & stat.S_ISVTX
    if not stat.S_ISREG(seen.mode):
        return False
    return bool(seen.capability) or bool(seen.mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IWOTH | stat.S_IWGRP))


def ends(path: str, target: str) -> set[str]:
    """Where a link leads: by its own words, and after all links behind it."""
    named = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return {packages.merged_path(end) for end in (named, os.path.realpath(path)) if end[:1] == "/"}


class Before(NamedTuple):
    """What is kept of the first look: of packages of which a change was planned, and of alternatives.

    Attributes:
        lists: paths by package.
        scripts: what their maintainer scripts said.
        choices: what each alternative could lead to.
    """

    lists: dict[str, list[str]]
    scripts: dict[str, str]
    choices: dict[str, list[str]]


class Claims:
    """What dpkg's records say, for packages that changed.

    Args:
        known: packages as they are now.
        changed: names of those that are not as they were.
        archives: what apt fetched; those that an earlier walk has read already.
    """

    def __init__(
        self,
        known: dict[str, packages.Package],
        changed: set[str],
        before: Before,
        database: str,
        archives: Archives | None = None,
    ) -> None:
        self._known, self._changed, self._choices = known, changed, before.choices
        self.archives = archives or Archives()
        self._records = Records(known, database, self.archives)
        self._database = database
        self._paths: dict[str, tuple[str, str]] = {}
        for name in sorted(changed & set(known)):
            for path, md5 in self._records.paths(name).items():
                if md5 or path not in self._paths:
                    self._paths[path] = (name, md5)
        said = {name: self._said(name, before.scripts, database) for name in changed}
        entries: dict[str, list[str]] = {}
        for path, (name, md5) in self._paths.items():
            if md5 and path.startswith(_SYSUSERS):
                entries.setdefault(name, []).append(path)
        self.scripts = Scripts(said, entries)
        self._left = {
            name for name in before.lists if name not in known or not known[name].status.endswith(" installed")
        }
        self._gone = {path: name for name in sorted(changed) for path in before.lists.get(name, [])}
        self._ucf = {path: row for path, row in packages.by_ucf().items() if row[0] in changed}
        self._md5: dict[tuple[str, str], str] = {}

    def _said(self, name: str, before: dict[str, str], database: str) -> str:
        """What a package's scripts say, from its archive if that is there, else as dpkg has them or had them."""
        there = self.archives.scripts(name, self._known[name]) if name in self._known else None
        return there if there is not None else scripts(name, database) or before.get(name, "")

    def unproven(self) -> str:
        """Which changed packages' records had to be believed, in words; empty where there is none."""
        installed = [(name, row) for name, row in self._known.items() if row.status.endswith(" installed")]
        bare = [name for name, row in installed if name in self._changed and not self.archives.control(name, row)]
        some = ", ".join(sorted(bare)) if len(bare) <= _MOST_NAMED else f"{len(bare)} packages"
        return f"dpkg's records of {some} were believed: their archives are not on the server" if bare else ""

    def take_digests(self, earlier: Claims) -> None:
        """Take over digests that an earlier walk took of files that were not written since."""
        self._md5 = earlier._md5  # the same class

    def take_all_digests(self) -> None:
        """Read all that changed packages ship, and of their archives what it has to be held against."""
        for path in list(self._paths):
            try:
                self.claim(Difference(path, None, entry(describe(path, os.lstat(path), read=False))))
            except OSError:
                continue

    def claim(self, one: Difference) -> Claim:
        """Whose a path is."""
        record = re.fullmatch(rf"{re.escape(self._database)}/info/([^/:]+)(:[a-z0-9-]+)?\.([a-z0-9]+)", one.path)
        names = {record[1] + (record[2] or ""), record[1]} & self._changed if record else set()
        if record and names:
            return Claim(record[1], RECORD if self._holds(one, min(names, key=len), record[3]) else DIFFERS)
        if one.after is None:
            return self._removed(one.path, one.before)
        if stat.S_ISLNK(one.after.mode):
            return self._link(one, one.path, one.after)
        package, md5 = self._paths.get(one.path, ("", ""))
        return Claim(package, self._state(one, one.after, package, md5)) if package else self._made(one, one.after)

    def _made(self, one: Difference, after: Entry) -> Claim:
        """What is given out by ucf, or compiled from what a package ships."""
        package, md5 = self._ucf.get(one.path, ("", ""))
        if package:
            same = self._digest(one.path, after) == md5 and not dangerous(after)
            given = STRANGE_OWNER if self._given_away(one, after, package) else REGISTERED
            return Claim(package, given if same else DIFFERS)
        compiled = _BYTECODE.fullmatch(one.path)
        package, _ = self._paths.get(f"{compiled['folder']}/{compiled['name']}.py" if compiled else "", ("", ""))
        if package:
            alone = not (after.uid or after.gid or after.attributes)
            return Claim(package, COMPILED if alone else STRANGE_OWNER)
        return self._beside(one)

    def _holds(self, one: Difference, name: str, kind: str) -> bool:
        """Whether one of dpkg's records is as it should be, and nobody else's to write."""
        after = one.after
        if after is None:
            return True
        plain = stat.S_ISREG(after.mode) and not (after.uid or after.gid or dangerous(after))
        return plain and self._records.holds(name, kind, one.path)

    def _laid_aside(self, path: str, after: Entry) -> Claim:
        """Configuration that dpkg unpacked and did not put in its place yet. It will, so it must be as shipped."""
        place = path[: -len(_LAID_ASIDE)]
        package, _ = self._paths.get(place, ("", ""))
        if not package or self._known[package].status.endswith(" installed"):
            return Claim()
        shipped = self.archives.member(package, self._known[package], place)
        same = shipped and (shipped.md5, shipped.mode) == (self._digest(path, after), stat.S_IMODE(after.mode))
        alone = not (after.uid or after.gid or after.attributes or dangerous(after))
        return Claim(package, SHIPPED if same and alone and stat.S_ISREG(after.mode) else DIFFERS)

    def _beside(self, one: Difference) -> Claim:
        """What a package does not ship, and its programs or scripts, or dpkg, may have made."""
        if one.after and one.path.endswith(_LAID_ASIDE):
            return self._laid_aside(one.path, one.after)
        if _OWN_FOLDERS.fullmatch(one.path):
            parts = one.path.split("/")
            for length in range(len(parts) - 1, _DEEPEST, -1):
                folder = "/".join(parts[:length])
                package = self._paths.get(folder, ("", ""))[0] or self.scripts.path(folder)
                if package:
                    return Claim(package, INSIDE)
            if parts[_DEEPEST] in self._changed:
                return Claim(parts[_DEEPEST], INSIDE)
        package = self.scripts.path(one.path) if one.before is None else ""
        return Claim(package, SCRIPT) if package else Claim()

    def _removed(self, path: str, before: Entry | None) -> Claim:
        if path in self._gone and path not in self._paths:
            return Claim(self._gone[path], GONE)
        if path in self._paths:
            return Claim(self._paths[path][0], DIFFERS)
        if before and stat.S_ISLNK(before.mode):
            # What led to a file that its package took along; in the order of names /etc/alternatives comes first.
            package = self._led_to(path, before)
            if package:
                self._gone[path] = package
                return Claim(package, GONE)
        return self._left_behind(path)

    def _led_to(self, path: str, before: Entry) -> str:
        """The package that is gone and had what a link led to."""
        named = posixpath.normpath(posixpath.join(posixpath.dirname(path), before.target))
        end = packages.merged_path(named)
        return "" if end in self._paths else self._gone.get(end, "")

    def _left_behind(self, path: str) -> Claim:
        """What a package that is gone had made beside what it shipped, and took along."""
        if _OWN_FOLDERS.fullmatch(path):
            parts = path.split("/")
            for length in range(len(parts) - 1, _DEEPEST, -1):
                folder = "/".join(parts[:length])
                if folder in self._gone and folder not in self._paths:
                    return Claim(self._gone[folder], INSIDE)
        package = self.scripts.path(path)
        return Claim(package, SCRIPT) if package in self._left else Claim()

    def _link(self, one: Difference, path: str, after: Entry) -> Claim:
        """A link that a package shipped, or one that leads to what it shipped."""
        package, _ = self._paths.get(path, ("", ""))
        named = posixpath.normpath(posixpath.join(posixpath.dirname(path), after.target))
        for end in sorted(ends(path, after.target)):
            if end in self._paths and end != path:
                if package and (one.before is None or self._gone.get(path)):
                    return Claim(package, SHIPPED)
                if package:
                    break
                given = links.made(one, named, self.scripts, self._choices)
                return Claim(self._paths[end][0], MADE if given else LINK)
        if not package and one.before and path.startswith(links.ALTERNATIVES) and self._led_to(path, one.before):
            # What it led to is gone, so another of its choices is taken.
            others = self._choices.get(posixpath.basename(path), [])
            return Claim(self._led_to(path, one.before), MADE) if named in others else Claim()
        if not package:
            return self._beside(one)
        member = self.archives.member(package, self._known[package], path)
        return Claim(package, SHIPPED if member and member.target == after.target else DIFFERS)

    def _state(self, one: Difference, after: Entry, package: str, md5: str) -> str:
        path = one.path
        if stat.S_ISREG(after.mode):
            shipped = self._records.md5(package, path, md5)
            if not shipped or self._digest(path, after) != shipped:
                return DIFFERS
        if dangerous(after):
            member = self.archives.member(package, self._known[package], path)
            given = member is not None and stat.S_IMODE(member.mode) == stat.S_IMODE(after.mode)
            if after.capability or after.attributes or not (given or self.scripts.mode(path, after.mode, package)):
                return STRANGE_MODE
        return STRANGE_OWNER if self._given_away(one, after, package) else SHIPPED

    def _given_away(self, one: Difference, after: Entry, package: str) -> bool:
        """Whether what a package ships belongs to somebody to whom neither its archive nor a script gives it."""
        was = one.before and (one.before.uid, one.before.gid)
        if not (after.uid or after.gid) or was == (after.uid, after.gid):
            return False
        users = {*accounts.names("/etc/passwd").get(after.uid, ()), str(after.uid)} if after.uid else set()
        groups = {*accounts.names("/etc/group").get(after.gid, ()), str(after.gid)} if after.gid else set()
        if self.scripts.owner(one.path, users, groups):
            return False
        member = self.archives.member(package, self._known[package], one.path)
        named = member and member.user in (users or {"root"}) and member.group in (groups or {"root"})
        return not (named or (member and (member.uid, member.gid) == (after.uid, after.gid)))

    def _digest(self, path: str, after: Entry) -> str:
        key = (path, after.written)
        if key not in self._md5:
            self._md5[key] = packages.md5(path)
        return self._md5[key]
