"""Runs on the target, as root, with nothing but Python's standard library (3.9 or newer): reads one small file.

Changes nothing there. `preflight.attendance` sends this text with a call of `look` behind it.
"""

from __future__ import annotations

import os
import stat
from typing import Any


def look(path: str, most: int) -> dict[str, Any] | None:
    """What lies at a path, without following a link; None if there is nothing.

    Args:
        most: bytes of it that are looked at.
    """
    try:
        seen = os.lstat(path)
    except OSError:
        return None
    found: dict[str, Any] = {
        "plain": stat.S_ISREG(seen.st_mode),
        "owner": seen.st_uid,
        "mode": stat.S_IMODE(seen.st_mode),
    }
    if not found["plain"]:
        return found
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        there = os.fstat(descriptor)
        found = {"plain": stat.S_ISREG(there.st_mode), "owner": there.st_uid, "mode": stat.S_IMODE(there.st_mode)}
        if found["plain"]:
            found["text"] = file.read(most).decode("ascii", "replace")
    return found
