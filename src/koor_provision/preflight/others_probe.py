"""Runs on the target, as root, with nothing but Python's standard library (3.9 or newer): what else is there.

Changes nothing there. `preflight.facts` sends this text in front of a call of `told`.
"""

from __future__ import annotations

from typing import Any


def told(probe: Any, facts: dict[str, Any], packages: dict[str, list[str]]) -> dict[str, Any]:  # noqa: ANN401
    """Adds to what a look saw which of some packages are there.

    Args:
        probe: the program of our preflight, in front of which this is sent.
        facts: what it saw.
        packages: by system, those by which one sees that a component is there which the order does not have.
    """
    known = packages.get(facts["system"], [])
    facts["others"] = sorted(probe.installed(known)) if known else []
    return facts
