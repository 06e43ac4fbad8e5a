"""What dpkg says: packages, which files are theirs, and whether those are as they were shipped."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from typing import NamedTuple

DATABASE = "/var/lib/dpkg"
ARCHIVES = "/var/cache/apt/archives"
_CHUNK = 1 << 20


class Package(NamedTuple):
    """One package as the status file has it."""

    version: str
    status: str
    architecture: str
    conffiles: dict[str, str]


def _stanzas(path: str) -> Iterator[dict[str, list[str]]]:
    fields: dict[str, list[str]] = {}
    name = ""
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line == "\n":
                yield fields
                fields = {}
            elif line[0] in " \t":
                fields[name].append(line.strip())
            else:
                name, _, value = line.partition(":")
                fields[name] = [value.strip()]
    if fields:
        yield fields


def packages(database: str = DATABASE) -> dict[str, Package]:
    """All packages that dpkg knows; those of another architecture than dpkg's own as NAME:ARCHITECTURE."""
    rows = []
    for stanza in _stanzas(f"{database}/status"):
        plain = {name: stanza.get(name, [""])[0] for name in ("Package", "Version", "Status", "Architecture")}
        pairs = (line.split(" ") for line in stanza.get("Conffiles", [])[1:])
        conffiles = {pair[0]: pair[1] for pair in pairs if len(pair) > 1}
        rows.append((plain["Package"], Package(plain["Version"], plain["Status"], plain["Architecture"], conffiles)))
    native = next((row.architecture for name, row in rows if name == "dpkg"), "")
    return {name if row.architecture in {native, "all"} else f"{name}:{row.architecture}": row for name, row in rows}


def states(known: dict[str, Package]) -> dict[str, list[str]]:
    """Version and state of each, for comparing."""
    return {name: [row.version, row.status] for name, row in known.items()}


def _info(name: str, architecture: str, kind: str, database: str) -> list[str]:
    """Lines of a file of dpkg's about a package; its name has the architecture if several may be there."""
    plain = name.partition(":")[0]
    for path in (f"{database}/info/{plain}:{architecture}.{kind}", f"{database}/info/{plain}.{kind}"):
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                return file.read().splitlines()
        except OSError:
            continue
    return []


def merged_path(path: str) -> str:
    """Where a path really lies on a system whose /bin, /sbin and /lib are links into /usr."""
    top = path.split("/", 2)[1] if path[:1] == "/" else ""
    if top in {"bin", "sbin", "lib", "lib32", "lib64", "libx32"} and os.path.islink(f"/{top}"):
        return f"/usr{path}"
    return path


def paths_of(name: str, package: Package, database: str = DATABASE) -> dict[str, str]:
    """All paths of a package, each with the MD5 that it was shipped with; empty where dpkg has none."""
    found = {merged_path(path): "" for path in _info(name, package.architecture, "list", database) if path != "/."}
    for line in _info(name, package.architecture, "md5sums", database):
        md5, _, path = line.partition("  ")
        found[merged_path(f"/{path}")] = md5
    found.update(package.conffiles)
    return found


def owners(wanted: set[str], database: str = DATABASE) -> dict[str, str]:
    """Which package has a path, looked up in the lists of all of them."""
    found: dict[str, str] = {}
    for file in glob.glob(f"{database}/info/*.list"):
        name = os.path.basename(file)[: -len(".list")].partition(":")[0]
        try:
            with open(file, encoding="utf-8", errors="surrogateescape") as lines:
                listed = {merged_path(line.rstrip("\n")) for line in lines if line != "/.\n"}
        except OSError:
            continue
        for path in listed & wanted:
            found.setdefault(path, name)
    return found


def by_ucf(root: str = "/var/lib/ucf") -> dict[str, tuple[str, str]]:
    """Configuration files that maintainer scripts laid through ucf: package, and MD5 of what it last gave out."""
    try:
        with open(f"{root}/registry", encoding="utf-8", errors="replace") as lines:
            names = {line.split()[1]: line.split()[0] for line in lines if len(line.split()) > 1}
        with open(f"{root}/hashfile", encoding="utf-8", errors="replace") as lines:
            sums = {line.split()[1]: line.split()[0] for line in lines if len(line.split()) > 1}
    except OSError:
        return {}
    return {path: (name, sums.get(path, "")) for path, name in names.items()}


def md5(path: str) -> str:
    """A file's MD5, which is all that dpkg keeps of what it shipped; empty where it is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        hashed = hashlib.md5()  # noqa: S324  # dpkg's choice; see docs/audit.md
        for data in iter(lambda: file.read(_CHUNK), b""):
            hashed.update(data)
    return hashed.hexdigest()


def shipped(name: str, package: Package, path: str, archives: str = ARCHIVES) -> tarfile.TarInfo | None:
    """What a package has at a path, from the archive that apt fetched; None where that is gone."""
    plain, version = name.partition(":")[0], package.version.replace(":", "%3a")
    deb = f"{archives}/{plain}_{version}_{package.architecture}.deb"
    if not re.fullmatch(r"[A-Za-z0-9+.%~_-]+\.deb", os.path.basename(deb)) or not os.path.isfile(deb):
        return None
    with subprocess.Popen(["/usr/bin/dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as unpacking:
        try:
            with tarfile.open(fileobj=unpacking.stdout, mode="r|") as members:
                for member in members:
                    if merged_path(member.name[1:] if member.name[:1] == "." else f"/{member.name}") == path:
                        return member
        except tarfile.TarError:
            return None
        finally:
            unpacking.kill()
    return None


def contents(name: str, package: Package, wanted: set[str], archives: str = ARCHIVES) -> dict[str, tuple[str, int]]:
    """MD5 and mode of some files as the archive has them that apt fetched; empty where that is gone."""
    plain, version = name.partition(":")[0], package.version.replace(":", "%3a")
    deb = f"{archives}/{plain}_{version}_{package.architecture}.deb"
    found: dict[str, tuple[str, int]] = {}
    if not re.fullmatch(r"[A-Za-z0-9+.%~_-]+\.deb", os.path.basename(deb)) or not os.path.isfile(deb):
        return found
    with subprocess.Popen(["/usr/bin/dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as unpacking:
        try:
            with tarfile.open(fileobj=unpacking.stdout, mode="r|") as members:
                for member in members:
                    path = merged_path(member.name[1:] if member.name[:1] == "." else f"/{member.name}")
                    if path in wanted and member.isreg() and (file := members.extractfile(member)):
                        found[path] = hashlib.md5(file.read()).hexdigest(), member.mode  # noqa: S324  # see md5
        except tarfile.TarError:
            return {}
        finally:
            unpacking.kill()
    return found


def _scripts(package: str, kinds: tuple[str, ...], database: str) -> str:
    """The text of a package's maintainer scripts; of those of several architectures, of all."""
    plain = package.partition(":")[0]
    places = (f"{database}/info/{plain}{end}.{kind}" for kind in kinds for end in ("", ":*"))
    return "\n".join(_read(path) for place in places for path in glob.glob(place))


def scripts(name: str, database: str = DATABASE) -> str:
    """What a package's scripts say."""
    return _scripts(name, ("preinst", "postinst", "postrm"), database)


class Scripts:
    """What the maintainer scripts of packages say, each read once.

    Args:
        changed: names of the packages.
        before: what those said that are gone.
    """

    def __init__(self, changed: set[str], database: str = DATABASE, before: dict[str, str] | None = None) -> None:
        said = before or {}
        self._text = {name: scripts(name, database) or said.get(name, "") for name in sorted(changed)}

    def path(self, path: str) -> str:
        """The package whose scripts name a path."""
        whole = re.compile(rf"(?<![\w/.-]){re.escape(path)}(?![\w/-]|\.\w)")
        return next((name for name, text in self._text.items() if path in text and whole.search(text)), "")

    def account(self, name: str) -> str:
        """The package whose scripts or sysusers.d entry make an account of this name."""
        word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
        for package, text in self._text.items():
            entries = [_read(path) for path in glob.glob(f"/usr/lib/sysusers.d/{package.partition(':')[0]}*.conf")]
            if any(word.search(one) for one in (text, *entries)):
                return package
        return ""

    def mode(self, path: str, mode: int, package: str) -> bool:
        """Whether a package's scripts give a file this very mode."""
        octal = re.compile(rf"(?<!\w)0?{stat.S_IMODE(mode):o}(?!\w)")
        name = re.compile(rf"/{re.escape(os.path.basename(path))}(?![\w.-])")
        lines = self._text.get(package, "").replace("\\\n", " ").splitlines()
        return any(octal.search(line) and name.search(line) for line in lines)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
