"""Looks through a machine's files for what no image may hold (R11). Runs where the files are, with Python alone."""

import fnmatch
import glob
import hashlib
import json
import os
import re
import sys
import zlib
from collections.abc import Iterator, Sequence

FORBIDDEN = (
    "*/.*_history",
    "*/.ansible/*",
    "*/.aws/credentials",
    "*/.docker/config.json",
    "*/.git-credentials",
    "*/.my.cnf",
    "*/.mylogin.cnf",
    "*/.netrc",
    "*/.pgpass",
    "*/.ssh/*",
    "*/.vault-token",
    "etc/apt/auth.conf",
    "etc/apt/auth.conf.d/*",
    "etc/group-",
    "etc/gshadow-",
    "etc/koor-provision/secrets/*",
    "etc/passwd-",
    "etc/redis/koor-account.conf",
    "etc/shadow-",
    "etc/ssh/ssh_host_*",
    "etc/ssl/koor/*",
    "etc/ssl/private/*",
    "etc/udev/rules.d/70-persistent-net.rules",
    "run/*",
    "tmp/*",
    "var/backups/*",
    "var/cache/apt/*.bin",
    "var/cache/apt/archives/*.deb",
    "var/lib/apt/lists/*Packages*",
    "var/lib/apt/lists/*Release*",
    "var/lib/dbus/machine-id",
    "var/lib/mysql/*",
    "var/lib/postgresql/*/*",
    "var/lib/redis/*",
    "var/lib/systemd/credential.secret",
    "var/lib/systemd/random-seed",
    "var/lib/systemd/timesync/*",
    "var/log/*",
    "var/mail/*",
    "var/spool/cron/crontabs/*",
    "var/tmp/*",
)
"""Names of files that must not be there; an asterisk also stands for slashes."""
EMPTY = ("etc/machine-id",)
# After the mark: lines of a header that says how it is encrypted, or none; line ends may be escaped, as in JSON.
PRIVATE_KEY = re.compile(
    rb"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:\\+[nr]|\s)+"
    rb"(?:[A-Z][A-Za-z-]{1,30}: [^\n\\]{0,200}(?:\\+[nr]|\s)+)*[A-Za-z0-9+/=]{16}"
)
IN_A_PROGRAM = re.compile(
    rb"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----\r?\n"
    rb"(?:[A-Z][A-Za-z-]{1,30}: [^\n]{0,200}\r?\n|\r?\n)*[A-Za-z0-9+/]{60,}\r?\n"
)
"""Programs hold the words. One that holds lines of a key as well must be, to the byte, one that its package brings: a
library may test itself with a key that everybody has."""
DER_KEY = re.compile(  # PKCS #1 and SEC 1 with their versions, and PKCS #8, which names an algorithm next
    rb"\A0(?:\x82..|\x81.|[\x20-\x7f])(?:\x02\x01\x00\x02\x82|\x02\x01[\x00\x01]0.\x06|\x02\x01\x01\x04[\x20\x30\x42])",
    re.DOTALL,
)
PUBLIC_KEY = re.compile(rb"\b(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d{3}|sk-[a-z0-9@.-]+) AAAA[A-Za-z0-9+/]{40}")
_UNPACKED = 64 << 20
_ELF, _DOS, _PE, _PE_AT = b"\x7fELF", b"MZ", b"PE\0\0", 0x3C


def look(root: str, canaries: Sequence[str]) -> Iterator[str]:
    """Say what is wrong, a line each.

    Args:
        canaries: texts that must be in no file, name or link.
    """
    marks = [canary.encode() for canary in canaries]
    forbidden = re.compile("|".join(fnmatch.translate(pattern) for pattern in FORBIDDEN))
    files = 0
    for folder, folders, names in os.walk(root):
        for name in [*names, *folders]:
            path = os.path.join(folder, name)  # noqa: PTH118  # tens of thousands of them
            inside = os.path.relpath(path, root)
            link = os.readlink(path) if os.path.islink(path) else ""  # noqa: PTH114, PTH115  # as above
            if any(mark in os.fsencode(name) or mark in os.fsencode(link) for mark in marks):
                yield f"{inside}: its name, or where it leads, is a canary"
            if name in folders and not link:
                continue
            files += 1
            if forbidden.match(inside):
                yield f"{inside}: must not be in an image"
            if not link and os.path.isfile(path):  # noqa: PTH113  # as above
                yield from _content(root, inside, marks)
    if files < 1000:  # noqa: PLR2004  # any Debian has more
        yield f"only {files} files were found: the disk was not read"


def _content(root: str, inside: str, marks: Sequence[bytes]) -> Iterator[str]:
    with open(os.path.join(root, inside), "rb") as file:  # noqa: PTH118, PTH123  # as above
        data = file.read()
    if inside in EMPTY and data.strip():
        yield f"{inside}: must be empty"
    for part in (data, *_packed(data)):
        if _program(part):
            key = bool(IN_A_PROGRAM.search(part)) and not _from_a_package(root, inside, data)
        else:
            key = bool(PRIVATE_KEY.search(part) or DER_KEY.match(part))
            if not inside.startswith("usr/") and PUBLIC_KEY.search(part):
                yield f"{inside}: holds a public key, which may let somebody in"
        if key:
            yield f"{inside}: holds a private key"
        for mark in marks:
            if mark in part:
                yield f"{inside}: holds a canary"


def _from_a_package(root: str, inside: str, data: bytes) -> bool:
    """Whether a package brings this file with this content."""
    summed = f"{hashlib.md5(data, usedforsecurity=False).hexdigest()}  {inside}"  # what dpkg keeps
    for list_of_sums in glob.glob(os.path.join(root, "var/lib/dpkg/info/*.md5sums")):  # noqa: PTH118, PTH207  # as above
        with open(list_of_sums, encoding="utf-8", errors="replace") as file:  # noqa: PTH123  # as above
            if summed in file.read().splitlines():
                return True
    return False


def _program(data: bytes) -> bool:
    if data.startswith(_DOS):
        at = int.from_bytes(data[_PE_AT : _PE_AT + 4], "little")
        return data[at : at + 4] == _PE
    return data.startswith(_ELF)


def _packed(data: bytes) -> Iterator[bytes]:
    """What lies in a file that is packed with gzip."""
    if data.startswith(b"\x1f\x8b"):
        try:
            yield zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, _UNPACKED)
        except zlib.error:
            return


if __name__ == "__main__":
    json.dump(list(look(sys.argv[1], sys.argv[2:])), sys.stdout)
