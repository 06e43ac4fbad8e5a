"""Looks through a machine's files for what no image may hold (R11). Runs where the files are, with Python alone."""

import fnmatch
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence

FORBIDDEN = (
    "etc/ssh/ssh_host_*",
    "etc/ssl/koor/*",
    "etc/ssl/private/*",
    "etc/koor-provision/secrets/*",
    "etc/redis/koor-account.conf",
    "etc/udev/rules.d/70-persistent-net.rules",
    "*/.ssh/*",
    "*/.bash_history",
    "*/.ansible/*",
    "*/.my.cnf",
    "*/.pgpass",
    "run/*",
    "tmp/*",
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
    "var/log/*",
    "var/tmp/*",
)
"""Names of files that must not be there; an asterisk also stands for slashes."""
EMPTY = ("etc/machine-id",)
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}")
_PROGRAMS = (b"\x7fELF", b"MZ")
_LOCKED = re.compile(r"[!*]+")


def look(root: str, canaries: Sequence[str]) -> Iterator[str]:
    """Say what is wrong, a line each.

    Args:
        canaries: texts that must be in no file.
    """
    marks = [canary.encode() for canary in canaries]
    files = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118  # tens of thousands of them
            inside = os.path.relpath(path, root)
            files += 1
            if any(fnmatch.fnmatchcase(inside, pattern) for pattern in FORBIDDEN):
                yield f"{inside}: must not be in an image"
            if not os.path.islink(path) and os.path.isfile(path):  # noqa: PTH113, PTH114  # as above
                yield from _content(path, inside, marks)
    yield from _accounts(root)
    if files < 1000:  # noqa: PLR2004  # any Debian has more
        yield f"only {files} files were found: the disk was not read"


def _content(path: str, inside: str, marks: Sequence[bytes]) -> Iterator[str]:
    with open(path, "rb") as file:  # noqa: PTH123  # as above
        data = file.read()
    if inside in EMPTY and data.strip():
        yield f"{inside}: must be empty"
    if not data.startswith(_PROGRAMS) and PRIVATE_KEY.search(data):  # programs hold these words and no key
        yield f"{inside}: holds a private key"
    for mark in marks:
        if mark in data:
            yield f"{inside}: holds a canary"


def _accounts(root: str) -> Iterator[str]:
    path = os.path.join(root, "etc/shadow")  # noqa: PTH118  # as above
    if not os.path.isfile(path):  # noqa: PTH113
        yield "etc/shadow: is not there"
        return
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        for line in file:
            name, password = line.split(":")[:2]
            if not _LOCKED.fullmatch(password):
                yield f"etc/shadow: the account {name} has a password"


if __name__ == "__main__":
    json.dump(list(look(sys.argv[1], sys.argv[2:])), sys.stdout)
