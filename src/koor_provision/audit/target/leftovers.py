"""What earlier runs left on the target: which of them have no end."""

from __future__ import annotations

import os
import re

KEPT = "/var/lib/koor-provision/undo"
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
