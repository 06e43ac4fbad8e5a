"""What a file has beside its mode: capabilities, access control lists, and whatever else hangs on it by a name.

Read of every file, since a list that gives a service `/etc/shadow` to read shows in no mode; told by a letter for each
sort and a digest, so that no value leaves the server.
"""

from __future__ import annotations

import hashlib
import os
import struct

CAPABILITY = "security.capability"
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
# Labels that the kernel gives by itself, by rules of its own.
_LABELS = ("security.selinux", "security.SMACK64", "security.apparmor", "security.ima", "security.evm")
_LETTERS = ((ACCESS, "A"), (DEFAULT, "D"), ("security.", "S"), ("trusted.", "T"), ("user.", "U"))
# From linux/posix_acl.h and linux/posix_acl_xattr.h: tag, permissions and number of each entry, behind a version.
_ENTRY, _VERSION, _NAMED = struct.Struct("<HHI"), 4, (0x02, 0x08)


def _value(path: str, name: str) -> bytes:
    try:
        return os.getxattr(path, name, follow_symlinks=False)
    except OSError:
        return b""


def names(path: str) -> list[str]:
    """The names of all that hangs on a file."""
    try:
        return os.listxattr(path, follow_symlinks=False)
    except OSError:
        return []


def attributes(path: str) -> tuple[str, str]:
    """A file's capabilities in hexadecimal digits; and letters and a digest of all the rest, or nothing."""
    there = names(path)
    if not there:
        return "", ""
    rest = sorted(name for name in there if name != CAPABILITY and not name.startswith(_LABELS))
    capability = _value(path, CAPABILITY).hex() if CAPABILITY in there else ""
    if not rest:
        return capability, ""
    hashed = hashlib.sha256()
    for name in rest:
        value = _value(path, name)
        hashed.update(f"{len(name)} {len(value)} ".encode() + name.encode("utf-8", "surrogateescape") + value)
    letters = "".join(letter for start, letter in _LETTERS if any(name.startswith(start) for name in rest))
    return capability, f"{letters}:{hashed.hexdigest()[:16]}"


def _named(value: bytes) -> set[tuple[int, int, int]]:
    """Entries for users and groups that are named; the others are the mode."""
    whole = len(value) - (len(value) - _VERSION) % _ENTRY.size
    rows = (_ENTRY.unpack_from(value, at) for at in range(_VERSION, whole, _ENTRY.size))
    return {(tag, rights, number) for tag, rights, number in rows if tag in _NAMED}


def inherited(path: str) -> bool:
    """Whether all that a new file has is what its folder gives to each new file in it."""
    given = _value(os.path.dirname(path), DEFAULT)
    there = set(names(path))
    if not given or not there or there - {ACCESS, DEFAULT}:
        return False
    passed_on = DEFAULT not in there or _value(path, DEFAULT) == given
    return passed_on and (ACCESS not in there or _named(_value(path, ACCESS)) == _named(given))
