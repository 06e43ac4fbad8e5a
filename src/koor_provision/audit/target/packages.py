"""What dpkg says: packages, which files are theirs, and whether those are as they were shipped."""

from __future__ import annotations

import glob
import hashlib
import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

DATABASE = "/var/lib/dpkg"
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


def paths_of(name: str, package: Package, database: str = DATABASE, sums: list[str] | None = None) -> dict[str, str]:
    """All paths of a package, each with the MD5 that it was shipped with; empty where dpkg has none.

    Args:
        sums: lines of its MD5 list, in place of those that dpkg has.
    """
    found = {merged_path(path): "" for path in _info(name, package.architecture, "list", database) if path != "/."}
    for line in _info(name, package.architecture, "md5sums", database) if sums is None else sums:
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
