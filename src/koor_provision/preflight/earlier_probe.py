"""Runs on the target, as root, with nothing but Python's standard library (3.9 or newer): what is kept of earlier runs.

Changes nothing there. `preflight.facts` sends this text in front of a call of `told`.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

BASE = "/var/lib/koor-provision/undo"
BEFORE, AFTER, GOES_ON, SETTLED = "before.json", "after.json", "goes-on", ("undone.json", "finished.json")
"""As our module `undo_kept` names them."""
_RUN = re.compile(r"[0-9a-f]{16}")


def told(probe: Any, facts: dict[str, Any], base: str = BASE) -> dict[str, Any]:  # noqa: ANN401
    """Adds to what a look saw which runs there were before, and whether they came to their end.

    Args:
        probe: the program of our preflight, in front of which this is sent.
        facts: what it saw.
    """
    if facts["root"] and not facts.get("busy") and os.path.isdir(base):
        rows = (_run(probe, base, name) for name in sorted(os.listdir(base)) if _RUN.fullmatch(name))
        facts["runs"] = [row for row in rows if row]
    return facts


def _run(probe: Any, base: str, name: str) -> dict[str, Any] | None:  # noqa: ANN401
    there = os.listdir(f"{base}/{name}")
    if BEFORE not in there:
        return None  # torn away while it kept, so it had not begun
    before = f"{base}/{name}/{BEFORE}"
    ended, settled = AFTER in there and GOES_ON not in there, any(one in there for one in SETTLED)
    row = {"run": name, "began": int(os.stat(before).st_mtime), "ended": ended, "settled": settled}
    return {**row, "brought": [] if settled else _brought(probe, before)}


def _brought(probe: Any, before: str) -> list[str]:  # noqa: ANN401
    """Packages of a run that are there, and were not in that version."""
    try:
        with open(before, encoding="utf-8") as file:
            kept = json.load(file)
        planned, was = sorted(kept["order"]["packages"]), kept["packages"]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # that it began is known all the same
    here = probe.installed(planned) if planned else {}
    return [package for package, version in here.items() if was.get(package) != [version, "installed"]]
