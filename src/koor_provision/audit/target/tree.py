"""All files of a server, one folder at a time and always in the same order, as lines that can be compared."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from typing import NamedTuple

from koor_provision.audit.target.attributes import attributes, names

# Made by the kernel as one looks, or shown by other means (`kernel.py`); /dev is in none of these.
PSEUDO = {
    "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "efivarfs", "fusectl",
    "hugetlbfs", "mqueue", "nsfs", "proc", "pstore", "rpc_pipefs", "securityfs", "selinuxfs", "sysfs", "tracefs",
}  # fmt: skip
# Another machine's: to walk them may take hours, and others write there.
NETWORK = {
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "gfs2",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb3",
}
NO_NETWORK = {"fuse.fuse-overlayfs", "fuse.gocryptfs", "fuseblk"}
# Small enough to be read, so that a write that changes nothing is no change: systemd makes the units below anew each
# time that it reads its configuration.
READ = ("/etc/", "/run/systemd/generator")
MOST_READ = 1 << 20
_SORT = stat.S_IFMT(0o777777)


class Mount(NamedTuple):
    """One mount: where, of which type, and what of which device is seen there."""

    place: str
    kind: str
    device: str
    root: str


def mounts(table: str = "/proc/self/mountinfo") -> list[Mount]:
    """All mounts, in the order in which they were made."""
    found = []
    with open(table, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            front, _, back = line.rstrip("\n").partition(" - ")
            fields = front.split(" ")
            plain = [
                re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), one) for one in (fields[4], fields[3])
            ]
            found.append(Mount(plain[0], back.split(" ")[0], fields[2], plain[1]))
    return found


def left_out(table: list[Mount]) -> dict[str, str]:
    """Mount points that are not walked, with the reason where a person should know."""
    kept: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for one in table:
        if one.kind in PSEUDO:
            kept[one.place] = ""
        elif one.kind in NETWORK or (one.kind.startswith("fuse.") and one.kind not in NO_NETWORK):
            kept[one.place] = f"{one.place} lies on another machine ({one.kind})"
        elif (one.device, one.root) in seen and one.place != "/":
            kept[one.place] = f"{one.place} shows what is walked elsewhere"
        else:
            kept.pop(one.place, None)  # the last mount on a point is the one that is seen
        seen.add((one.device, one.root))
    # What lies below a place that is not walked needs no word of its own.
    return {place: "" if any(place.startswith(f"{other}/") for other in kept) else why for place, why in kept.items()}


def digest(path: str) -> str | None:
    """Digest of a small file; None where it is no such file, or too large."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        data = file.read(MOST_READ + 1)
    return None if len(data) > MOST_READ else hashlib.sha256(data).hexdigest()


def describe(path: str, seen: os.stat_result, *, read: bool) -> str:
    """All that is compared of one file: mode, owner, group, and what shows that it was written.

    The fields stand in the order of `differences.Entry`. A folder's times and size say only that something in it
    changed, which is found by itself; those of a device or a socket change with use.
    """
    mode = seen.st_mode
    common = f"{mode} {seen.st_uid} {seen.st_gid}"
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFREG:
        times = _regular(seen)
        extra = f" d{digest(path) or ''}" if read else ""
        capability, rest = attributes(path)
        return times + extra + (f" c{capability}" if capability else "") + (f" x{rest}" if rest else "")
    if kind == stat.S_IFLNK:
        try:
            return f"{common} l{os.readlink(path)}"
        except OSError:
            return common
    if kind in (stat.S_IFBLK, stat.S_IFCHR):
        return f"{common} r{seen.st_rdev}"
    if kind == stat.S_IFDIR:
        _, rest = attributes(path)
        return f"{common} x{rest}" if rest else common
    return common


def _regular(seen: os.stat_result) -> str:
    """All numbers of a file; how many names it has only where it has several."""
    names = f" n{seen.st_nlink}" if seen.st_nlink > 1 else ""
    return (
        f"{seen.st_mode} {seen.st_uid} {seen.st_gid} {seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns} "
        f"{seen.st_dev} {seen.st_ino}{names}"
    )


class Walk:
    """One walk over a tree.

    Attributes:
        files: how many files were seen so far.
        troubles: folders that could not be read.
    """

    def __init__(self, root: str, skipped: dict[str, str]) -> None:
        self.root, self.skipped = root, skipped
        self.files = 0
        self.troubles: list[str] = []

    def folders(self) -> Iterator[bytes]:
        """A block for each folder: its path, and then name and description of each entry, with zero bytes between.

        No name can hold a zero byte. A folder comes before what is in it, and siblings in the order of their names.
        """
        waiting = [self.root.rstrip("/")]
        while waiting:
            path = waiting.pop()
            rows: list[str] = []
            below: list[str] = []
            try:
                with os.scandir(path or "/") as entries:
                    self._rows(path, entries, rows, below)
            except FileNotFoundError:
                continue  # gone meanwhile
            except OSError as error:
                self.troubles.append(f"{path} cannot be read: {error.strerror}")
                continue
            self.files += len(rows)
            waiting += sorted(below, reverse=True)
            # A zero byte sorts before all that a name can hold, so this is the order of the names.
            yield "\0".join([path, *sorted(rows)]).encode("utf-8", "surrogateescape")

    def _rows(self, path: str, entries: Iterator[os.DirEntry[str]], rows: list[str], below: list[str]) -> None:
        """Name and description of each entry, and the folders that are to be walked."""
        read = f"{path}/".startswith(READ)
        for entry in entries:
            try:
                seen = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # gone meanwhile
            place = f"{path}/{entry.name}"
            # Nearly all files are of this sort, and a server may have millions.
            if seen.st_mode & _SORT == stat.S_IFREG and not read and not names(place):
                rows.append(f"{entry.name}\0{_regular(seen)}")
                continue
            rows.append(f"{entry.name}\0{describe(place, seen, read=read)}")
            if stat.S_ISDIR(seen.st_mode) and place not in self.skipped:
                below.append(place)
