"""Runs on the target, as root, with nothing but Python's standard library (3.9 or newer): what a removal takes away.

Changes nothing there. `preflight.facts` sends this text in front of a call of `look`.
"""

from __future__ import annotations

import glob
from typing import Any


def look(
    probe: Any,  # noqa: ANN401 - the program in front of this one
    wanted: dict[str, list[str]],
    going: dict[str, list[str]],
    paths: list[str],
    verb: str,
) -> dict[str, Any]:
    """Everything that preflight asks for before a component is taken out.

    Args:
        probe: the program of our preflight, in front of which this is sent.
        wanted: system to names of the packages of the order, which stay.
        going: system to names of the component's packages.
        paths: the component's files and data, with asterisks.
        verb: remove, or purge where configuration and data go too.
    """
    facts: dict[str, Any] = probe.server()
    name = facts["system"]
    if name not in wanted or name not in going or not facts["root"]:
        return facts
    facts["busy"] = probe.at_work()
    if facts["busy"]:
        return facts
    if any(probe.torn().values()):
        facts["trouble"] = "packages are not fully installed; install the order again before anything is removed"
        return facts
    facts["present"] = [path for path in paths if glob.glob(path)]
    there = probe.installed(going[name], *(["config-files"] if verb == "purge" else []))
    facts["installed"] = {**probe.installed(wanted[name]), **there}
    facts["architectures"] = probe.architectures(list(facts["installed"]))
    if not there:
        return facts
    alone, facts["changes"], facts["trouble"] = probe.leaving(verb, *there)
    # What was without use before is somebody else's to clear away.
    useless, _, _ = probe.leaving("autoremove")
    whole, _, trouble = probe.leaving(verb, "--auto-remove", *there)
    facts["trouble"] = facts["trouble"] or trouble
    facts["removals"] = sorted(alone)
    facts["orphans"] = sorted(set(whole) - set(alone) - set(useless))
    facts["installed"].update({package: version for package, version in whole.items() if version})
    return facts
