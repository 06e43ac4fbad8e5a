"""What earlier runs left on the target: which of them have no end, and package lists of those that are gone."""

from __future__ import annotations

import glob
import os
import re
import shutil
import stat
import time

KEPT = "/var/lib/koor-provision/undo"
LISTS = ("/run/koor-provision/apt-*", "/var/tmp/koor-provision-apt-*")  # noqa: S108  # whose they are is looked at
_LISTS = re.compile(r".*apt-([0-9a-f]{16})")
LONGEST_SECONDS = 9 * 60 * 60
"""A plan is good for eight hours; lists that are older belong to one that nobody can run any more."""
_RUN = re.compile(r"[0-9a-f]{16}")


def runs(base: str = KEPT) -> dict[str, list[str]]:
    """Runs that noted no end, and those that were undone, or finished by another which said so."""
    found: dict[str, list[str]] = {"open": [], "settled": []}
    for name in sorted(os.listdir(base)) if os.path.isdir(base) else []:
        there = os.listdir(f"{base}/{name}") if _RUN.fullmatch(name) else []
        if {"undone.json", "finished.json"} & {*there}:
            found["settled"].append(name)
        elif "before.json" in there and ("after.json" not in there or "goes-on" in there):
            found["open"].append(name)
    return found


def sweep(before: str, base: str = KEPT, patterns: tuple[str, ...] = LISTS) -> None:
    """Remove package lists of runs that are over: those that began here before, and those whose plan ran out.

    Whoever calls this holds the lock, so no run is at work that had it. One that still waits for a signature has not
    asked for it yet, and keeps its lists.

    Args:
        before: the run that had the lock last, as it called itself.
    """
    over = set(os.listdir(base) if os.path.isdir(base) else []) | {before.rpartition(" ")[2]}
    for folder in (path for pattern in patterns for path in glob.glob(pattern)):
        seen, named = os.lstat(folder), _LISTS.fullmatch(folder)
        if not named or not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid():
            continue  # none of ours
        if named[1] in over or time.time() - seen.st_mtime > LONGEST_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
