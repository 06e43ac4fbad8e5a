"""Dpkg's own records of packages that changed, held against the archives that these came from.

Whoever edits a program can edit its line in dpkg's list as well. Where an archive is gone, its package's records count
as they are.
"""

from __future__ import annotations

import os
import stat

from koor_provision.audit.target import packages
from koor_provision.audit.target.archives import Archives

IN_ARCHIVE = "in the archive"
"""In place of an MD5: the archive itself has to be asked, which takes a while."""
# What dpkg keeps of a package beside its list.
_KNOWN = {
    "conffiles", "config", "isinstallable", "list", "md5sums", "postinst", "postrm", "preinst", "prerm", "shlibs",
    "symbols", "templates", "triggers",
}  # fmt: skip
_GONE = {"config-files", "not-installed"}


class Records:
    """What may be believed of dpkg's records.

    Args:
        known: packages as they are now.
    """

    def __init__(self, known: dict[str, packages.Package], database: str, archives: Archives) -> None:
        self._known, self._database, self.archives = known, database, archives

    def paths(self, name: str) -> dict[str, str]:
        """All paths of a package, each with the MD5 that it was shipped with; empty where there is none."""
        package = self._known[name]
        if self.archives.forged(name, package):
            return dict.fromkeys(packages.paths_of(name, package, self._database), "")
        # Of a package that was removed only its configuration is left, wherever its archive still lies.
        control = {} if _state(package) in _GONE else self.archives.control(name, package)
        listed = control.get("md5sums")
        sums = listed.decode("utf-8", "surrogateescape").splitlines() if listed is not None else None
        found = packages.paths_of(name, package, self._database, sums)
        if control:
            found = {path: md5 for path, md5 in found.items() if path not in package.conffiles}
            found.update(dict.fromkeys(map(packages.merged_path, self.archives.conffiles(name, package)), IN_ARCHIVE))
        return found

    def md5(self, name: str, path: str, known: str) -> str:
        """The MD5 that a path was shipped with."""
        if known != IN_ARCHIVE:
            return known
        member = self.archives.member(name, self._known[name], path)
        return member.md5 if member else ""

    def holds(self, name: str, kind: str, path: str) -> bool:
        """Whether one of dpkg's files about a package is what its archive has; `kind` is the end of its name."""
        package = self._known.get(name)
        state = _state(package) if package else ""
        if package is None or state in _GONE:
            return kind == "list"  # all others that stay are left as they are
        if self.archives.forged(name, package):
            return False
        control = self.archives.control(name, package) if state != "half-installed" else {}
        if not control:
            return kind in _KNOWN
        if kind == "list":
            return self._list_holds(name, package, path)
        if kind == "md5sums" and kind not in control:
            return True  # dpkg made it by itself
        return kind in control and _content(path) == control[kind]

    def _list_holds(self, name: str, package: packages.Package, path: str) -> bool:
        """Whether a list names nothing that the package does not have: what is listed goes with it one day.

        What it ships with content is known from its MD5 list; that a folder or a link in /usr is added harms nobody.
        """
        known = self.paths(name)
        for line in _content(path).decode("utf-8", "surrogateescape").splitlines():
            place = packages.merged_path(line)
            if known.get(place) or not _matters(place):
                continue
            if self.archives.member(name, package, place) is None:
                return False
        return True


def _state(package: packages.Package) -> str:
    """The last word of dpkg's three, such as installed."""
    return package.status.rpartition(" ")[2]


def _matters(path: str) -> bool:
    """Whether it is a file, or a link outside of /usr."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or (stat.S_ISLNK(mode) and not path.startswith("/usr/"))


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
