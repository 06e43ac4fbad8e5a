"""Whose a changed path is, as far as dpkg's own records tell. Whether that settles it is judged on our side."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from typing import NamedTuple

from koor_provision.audit.target import packages
from koor_provision.audit.target.differences import Difference, Entry, entry
from koor_provision.audit.target.tree import describe

# The states of a claim.
SHIPPED, REGISTERED, LINK, COMPILED, RECORD = "shipped", "registered", "link", "compiled", "record"
GONE, DIFFERS, STRANGE_MODE, INSIDE, SCRIPT = "gone", "differs", "strange mode", "inside", "script"
# Where a package's folders are its own, down to whatever its programs make in them; and those that many write to.
_OWN_FOLDERS = re.compile(r"/var/(lib|cache|log)/(?!(dpkg|apt|systemd|private|journal)(/|$))[^/]+(/.+)?")
_DEEPEST = 3
_LAID_ASIDE = ".dpkg-new"
_BYTECODE = re.compile(r"(?P<folder>/.+)/__pycache__/(?P<name>[^/]+)\.cpython-\d+(\.opt-\d)?\.pyc")


class Claim(NamedTuple):
    """The package that has a path, and how what lies there agrees with that; empty where none has it."""

    package: str = ""
    state: str = ""


def dangerous(seen: Entry) -> bool:
    """Whether a file or folder is open to more people than its kind should be, or lends out rights."""
    if stat.S_ISDIR(seen.mode):
        return bool(seen.mode & stat.S_IWOTH) and not seen.mode & stat.S_ISVTX
    if not stat.S_ISREG(seen.mode):
        return False
    return bool(seen.capability) or bool(seen.mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IWOTH | stat.S_IWGRP))


def ends(path: str, target: str) -> set[str]:
    """Where a link leads: by its own words, and after all links behind it."""
    named = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return {packages.merged_path(end) for end in (named, os.path.realpath(path)) if end[:1] == "/"}


class Claims:
    """What dpkg's records say, for packages that changed.

    Args:
        known: packages as they are now.
        changed: names of those that are not as they were.
        before: paths of packages as they were before, and what their scripts said, for those of which a change was
            planned.
    """

    def __init__(
        self,
        known: dict[str, packages.Package],
        changed: set[str],
        before: tuple[dict[str, list[str]], dict[str, str]],
        database: str,
    ) -> None:
        lists, scripts = before
        self._known, self._changed = known, changed
        self.scripts = packages.Scripts(changed, database, scripts)
        self._database = database
        self._paths: dict[str, tuple[str, str]] = {}
        for name in sorted(changed & set(known)):
            for path, md5 in packages.paths_of(name, known[name], database).items():
                if md5 or path not in self._paths:
                    self._paths[path] = (name, md5)
        self._left = {name for name in lists if name not in known or not known[name].status.endswith(" installed")}
        self._gone = {path: name for name in sorted(changed) for path in lists.get(name, [])}
        self._ucf = {path: row for path, row in packages.by_ucf().items() if row[0] in changed}
        self._md5: dict[tuple[str, str], str] = {}
        self._archived: dict[str, dict[str, tuple[str, int]]] = {}

    def take_digests(self, earlier: Claims) -> None:
        """Take over digests that an earlier walk took of files that were not written since."""
        self._md5 = earlier._md5  # the same class

    def take_all_digests(self) -> None:
        """Read all that changed packages ship."""
        for path, (_, md5) in self._paths.items():
            try:
                seen = entry(describe(path, os.lstat(path), read=False)) if md5 else None
            except OSError:
                continue
            if seen and seen.written:
                self._digest(path, seen)

    def claim(self, one: Difference) -> Claim:
        """Whose a path is."""
        record = re.fullmatch(rf"{re.escape(self._database)}/info/([^/:]+)(:[a-z0-9-]+)?\.[a-z0-9]+", one.path)
        if record and {record[1], record[1] + (record[2] or "")} & self._changed:
            return Claim(record[1], RECORD)
        if one.after is None:
            return self._removed(one.path, one.before)
        if stat.S_ISLNK(one.after.mode):
            return self._link(one, one.path, one.after)
        package, md5 = self._paths.get(one.path, ("", ""))
        if package:
            return Claim(package, self._state(one.path, one.after, package, md5))
        package, md5 = self._ucf.get(one.path, ("", ""))
        if package:
            same = self._digest(one.path, one.after) == md5 and not dangerous(one.after)
            return Claim(package, REGISTERED if same else DIFFERS)
        compiled = _BYTECODE.fullmatch(one.path)
        package, _ = self._paths.get(f"{compiled['folder']}/{compiled['name']}.py" if compiled else "", ("", ""))
        return Claim(package, COMPILED) if package else self._beside(one)

    def _laid_aside(self, path: str, after: Entry) -> Claim:
        """Configuration that dpkg unpacked and did not put in its place yet. It will, so it must be as shipped."""
        place = path[: -len(_LAID_ASIDE)]
        package, _ = self._paths.get(place, ("", ""))
        if not package or self._known[package].status.endswith(" installed"):
            return Claim()
        if package not in self._archived:
            conffiles = {*self._known[package].conffiles}
            self._archived[package] = packages.contents(package, self._known[package], conffiles)
        shipped = self._archived[package].get(place)
        same = shipped == (self._digest(path, after), stat.S_IMODE(after.mode)) and not (after.uid or after.gid)
        return Claim(package, SHIPPED if same and stat.S_ISREG(after.mode) and not after.capability else DIFFERS)

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
        for end in sorted(ends(path, after.target)):
            if end in self._paths and end != path:
                return Claim(package or self._paths[end][0], SHIPPED if package else LINK)
        if not package and one.before and path.startswith("/etc/alternatives/") and self._led_to(path, one.before):
            return Claim(self._led_to(path, one.before), LINK)  # what it led to is gone, so another is chosen
        if not package:
            return self._beside(one)
        member = packages.shipped(package, self._known[package], path)
        return Claim(package, SHIPPED if member and member.linkname == after.target else DIFFERS)

    def _state(self, path: str, after: Entry, package: str, md5: str) -> str:
        if stat.S_ISREG(after.mode) and (not md5 or self._digest(path, after) != md5):
            return DIFFERS
        if dangerous(after):
            member = packages.shipped(package, self._known[package], path)
            given = member is not None and stat.S_IMODE(member.mode) == stat.S_IMODE(after.mode)
            if after.capability or not (given or self.scripts.mode(path, after.mode, package)):
                return STRANGE_MODE
        return SHIPPED

    def _digest(self, path: str, after: Entry) -> str:
        key = (path, after.written)
        if key not in self._md5:
            self._md5[key] = packages.md5(path)
        return self._md5[key]
