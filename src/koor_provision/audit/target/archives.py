"""What packages really bring: the archives that apt fetched, against which dpkg's own records are held."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator
from typing import NamedTuple

from koor_provision.audit.target import packages

ARCHIVES = "/var/cache/apt/archives"
_DPKG_DEB = "/usr/bin/dpkg-deb"
SCRIPTS = ("preinst", "postinst", "postrm")


class Member(NamedTuple):
    """What a package has at a path; `md5` only of its configuration files, for which it has no list."""

    mode: int
    uid: int
    gid: int
    user: str
    group: str
    target: str
    md5: str


class Archives:
    """The archives of packages, each read when it is first asked for, and again only when it was written since.

    Args:
        digests: what the repositories announced before the run; see `announced`.
    """

    def __init__(self, folder: str = ARCHIVES, digests: dict[str, list[str]] | None = None) -> None:
        self._folder, self._digests = folder, digests or {}
        self._announced: dict[str, bool] = {}
        self._control: dict[str, dict[str, bytes]] = {}
        self._members: dict[str, dict[str, Member]] = {}

    def control(self, name: str, package: packages.Package) -> dict[str, bytes]:
        """The files that tell of a package: its lists and scripts; none where its archive is gone."""
        place, state = self._place(name, package)
        if place and state not in self._control:
            self._control[state] = {
                os.path.basename(one.name): content
                for one, content in _tar("--ctrl-tarfile", place)
                if content is not None
            }
        return self._control.get(state, {})

    def forged(self, name: str, package: packages.Package) -> bool:
        """Whether a package's archive is another one than was announced; not where it is gone, or nothing was."""
        place, state = self._place(name, package)
        known = self._digests.get(f"{name.partition(':')[0]}_{package.version}_{package.architecture}", [])
        if not place or not known:
            return False
        if state not in self._announced:
            self._announced[state] = _sha256(place) in known
        return not self._announced[state]

    def scripts(self, name: str, package: packages.Package) -> str | None:
        """The text of a package's maintainer scripts; None where its archive is gone."""
        control = self.control(name, package)
        texts = (control.get(kind, b"").decode("utf-8", "replace") for kind in SCRIPTS)
        return "\n".join(texts) if control else None

    def member(self, name: str, package: packages.Package, path: str) -> Member | None:
        """What a package has at a path; None where it has nothing there, or its archive is gone."""
        place, state = self._place(name, package)
        if place and state not in self._members:
            wanted = {f".{file}" for file in self.conffiles(name, package)}
            self._members[state] = {
                packages.merged_path(_path(one.name)): _member(one, content)
                for one, content in _tar("--fsys-tarfile", place, wanted)
            }
        return self._members.get(state, {}).get(path)

    def conffiles(self, name: str, package: packages.Package) -> set[str]:
        """The configuration files that a package names."""
        lines = self.control(name, package).get("conffiles", b"").decode("utf-8", "replace").splitlines()
        return {line.split()[-1] for line in lines if line.split()}

    def _place(self, name: str, package: packages.Package) -> tuple[str, str]:
        """Where a package's archive is, and all that shows a write to it; empty where it is gone."""
        plain, version = name.partition(":")[0], package.version.replace(":", "%3a")
        place = f"{self._folder}/{plain}_{version}_{package.architecture}.deb"
        if not re.fullmatch(r"[A-Za-z0-9+.%~_-]+\.deb", os.path.basename(place)):
            return "", ""
        try:
            seen = os.stat(place)
        except OSError:
            return "", ""
        return place, f"{place} {seen.st_dev} {seen.st_ino} {seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns}"


def _sha256(path: str) -> str:
    hashed = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            for data in iter(lambda: file.read(1 << 20), b""):
                hashed.update(data)
    except OSError:
        return ""
    return hashed.hexdigest()


def _path(name: str) -> str:
    return name[1:] if name[:1] == "." else f"/{name}"


def _member(one: tarfile.TarInfo, content: bytes | None) -> Member:
    md5 = "" if content is None else hashlib.md5(content).hexdigest()  # noqa: S324  # dpkg's choice
    target = one.linkname if one.issym() else ""
    return Member(one.mode, one.uid, one.gid, one.uname, one.gname, target, md5)


def _tar(what: str, place: str, wanted: set[str] | None = None) -> Iterator[tuple[tarfile.TarInfo, bytes | None]]:
    """Each member of one of an archive's two parts, with the content of those that are wanted, or of all."""
    with subprocess.Popen([_DPKG_DEB, what, place], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as unpacking:
        try:
            with tarfile.open(fileobj=unpacking.stdout, mode="r|") as members:
                for one in members:
                    file = members.extractfile(one) if one.isfile() and (wanted is None or one.name in wanted) else None
                    yield one, file.read() if file else None
        except tarfile.TarError:
            return
        finally:
            unpacking.kill()
