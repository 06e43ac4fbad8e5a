"""Runs on the target, as root, with nothing but Python's standard library (3.9 or newer): what apt would install.

Changes nothing there. A simulation goes through all packages again for each one that it tells of, which takes as long
as several installations' preparation. So apt is asked for what it would fetch, which it says at once, beside the lists
that it shows to everybody who installs by hand. The two and its own count must agree to the last package; where they
do not, and where it would do anything but install and upgrade, its simulation is asked, which tells everything.
"""

from __future__ import annotations

import os
import re
from typing import Any

NEW, UPGRADED = "The following NEW packages will be installed:", "The following packages will be upgraded:"
OF_NO_MEANING = {
    "The following additional packages will be installed:",
    "The following packages were automatically installed and are no longer required:",
    "The following package was automatically installed and is no longer required:",
    "Suggested packages:",
    "Recommended packages:",
}
"""Headings of lists that say what the others say, or what is not going to be done."""
_PACKAGE = re.compile(r" +(?P<name>[a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)? \((?:(?P<old>\S+) => )?(?P<new>\S+)\)")
_COUNT = re.compile(r"(\d+) upgraded, (\d+) newly installed, 0 to remove and \d+ not upgraded\.")
_FETCHED = re.compile(r"'.*' (?P<name>[^_\s]+)_(?P<version>[^_\s]+)_(?P<architecture>[a-z0-9-]+)\.deb \d+ \S*")

Change = dict[str, Any]


def read(said: str) -> list[Change] | None:
    """The changes that apt announces, or None where it says more, or anything that does not agree.

    A repository's own words come in a line's end or in further lines, which begin with a space; so whatever begins a
    line is apt's, and nothing behind its count is read as one of its lists.
    """
    told, lines = [], iter(said.split("\n"))
    heading, counted = "", None
    for line in lines:
        counted = _COUNT.fullmatch(line)
        if counted:
            break
        if not line.startswith(" "):
            if line.endswith(":") and line not in {NEW, UPGRADED, *OF_NO_MEANING}:
                return None
            heading = line
        elif heading in {NEW, UPGRADED}:
            package = _PACKAGE.fullmatch(line)
            if not package or (heading == UPGRADED) != bool(package["old"]):
                return None
            told.append((package["name"], package["new"], package["old"]))
    upgraded = sum(1 for _, _, old in told if old)
    if not counted or (upgraded, len(told) - upgraded) != (int(counted[1]), int(counted[2])):
        return None
    return _with_architectures(told, [line for line in lines if line.startswith("'")])


def _with_architectures(told: list[tuple[str, str, str | None]], lines: list[str]) -> list[Change] | None:
    """Each announced package with the architecture that its file's name ends with; None unless both are the same."""
    fetched = [_FETCHED.fullmatch(line) for line in lines]
    files = {(one["name"], _whole(one["version"])): one["architecture"] for one in fetched if one}
    if len(told) != len(fetched) or {(name, version) for name, version, _ in told} != files.keys():
        return None
    return [
        {"name": name, "old_version": old, "version": version, "architecture": files[name, version]}
        for name, version, old in told
    ]


def _whole(version: str) -> str:
    """A version as it is, from the name of a file, where two of its letters have a code."""
    return version.replace("%3a", ":").replace("%5f", "_")


def planned(
    probe: Any,  # noqa: ANN401 - the program in front of which this is sent
    packages: list[str],
    config: str,
) -> tuple[list[Change], list[str], str]:
    """What apt would do for these packages: what changes, what is removed, and why it could not.

    Args:
        probe: our look, of which this is a part.
        config: apt's configuration, in a directory of our own: a list of packages in there is all that is written.
    """
    folder = os.path.dirname(config)
    os.makedirs(os.path.join(folder, "archives", "partial"), exist_ok=True)
    ours = {"Dir::Cache::archives": f"{folder}/archives", "Dir::State::extended_states": f"{folder}/extended_states"}
    options = [word for name, value in ours.items() for word in ("--option", f"{name}={value}")]
    command = ["apt-get", "--print-uris", "--yes", "--verbose-versions", *options, "--no-install-recommends", "install"]
    done = probe.run([*command, *packages], apt_config=config)
    changes = read(done.stdout) if done.returncode == 0 else None
    if changes is not None:
        return changes, [], ""
    result: tuple[list[Change], list[str], str] = probe.simulated(packages, config)
    return result
