"""One run at a time: the process that looks before and after a run holds this lock for as long as it lives."""

from __future__ import annotations

import fcntl
import json
import os
import time

PLACE = "/run/koor-provision/lock"
"""Only root can open it, so nobody else can keep runs out; with its holder, however that ends, goes the lock."""
MOST = 1000


def take(run: str, place: str = PLACE) -> dict[str, object] | None:
    """Take the lock for a run; returns None, or what is known of the run that has it: `run`, and `since` in seconds.

    The descriptor stays open until this process ends.
    """
    os.makedirs(os.path.dirname(place), mode=0o755, exist_ok=True)
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.read(descriptor, MOST)
        os.close(descriptor)
        return _holder(said)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps({"run": run, "since": int(time.time())}).encode())
    return None


def last(place: str = PLACE) -> str:
    """What the run called itself that has the lock, or had it last; empty where nobody can say."""
    try:
        with open(place, "rb") as file:
            return str(_holder(file.read(MOST))["run"])
    except OSError:
        return ""


def _holder(said: bytes) -> dict[str, object]:
    """What the holder wrote; it may be about to."""
    try:
        known = json.loads(said)
        return {"run": str(known["run"]), "since": int(known["since"])}
    except (ValueError, KeyError, TypeError):
        return {"run": "", "since": int(time.time())}
