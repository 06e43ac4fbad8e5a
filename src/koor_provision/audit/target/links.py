"""Whether a link is one that a package's scripts make, or systemd or dpkg for it: each sort with its own rule.

That a link leads to what a package ships says nothing by itself: any program and any unit could be replaced by it.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat

from koor_provision.audit.target.differences import Difference
from koor_provision.audit.target.scripts import Scripts

ALTERNATIVES = "/etc/alternatives/"
_UNIT = re.compile(r"/etc/systemd/(?P<kind>system|user)/((?P<by>[^/]+)\.(wants|requires)/)?(?P<name>[^/]+)")
_GENERATED = re.compile(r"/run/systemd/generator(\.late)?/[^/]+\.(wants|requires)/(?P<name>[^/]+)")
_SHIPPED_UNIT = re.compile(r"(/usr)?/lib/systemd/(?P<kind>system|user)/(?P<name>[^/]+)")
_STARTED = re.compile(r"/etc/rc[0-6S]\.d/[SK]\d\d(?P<name>[^/]+)")
_SAME_NAME = re.compile(r"/etc/fonts/conf\.d/[^/]+|/usr/(bin|sbin|lib|share)/.+")
_LIBRARY = re.compile(r"(?P<stem>[^/]+\.so)(\.\d+)*")


def choices(folder: str = "/var/lib/dpkg/alternatives") -> dict[str, list[str]]:
    """What each alternative may lead to, as `update-alternatives` knows it, by its name."""
    found: dict[str, list[str]] = {}
    try:
        names = os.listdir(folder)
    except OSError:
        return found
    for name in names:
        try:
            with open(f"{folder}/{name}", encoding="utf-8", errors="surrogateescape") as file:
                lines = file.read().splitlines()
        except OSError:
            continue
        head, paths = lines[: lines.index("")] if "" in lines else [], [line for line in lines if line[:1] == "/"]
        # The state, the link, and then name and link of each that goes with it.
        for one in (name, *head[2::2]):
            found.setdefault(one, []).extend(path for path in paths if path not in head)
    return found


def _same_unit(name: str, shipped: str) -> bool:
    """Whether a unit has the name of the one that it leads to, or is an instance of that template."""
    stem, at, rest = shipped.partition("@")
    return name == shipped or (bool(at) and rest[:1] == "." and name.startswith(f"{stem}@") and name.endswith(rest))


def _installs(unit: str, key: str, name: str) -> bool:
    """Whether a unit's file asks to be started by another one, or to have another name."""
    try:
        with open(unit, encoding="utf-8", errors="replace") as file:
            text = file.read(1 << 20)
    except OSError:
        return False
    return any(name in line.split("=", 1)[1].split() for line in text.splitlines() if re.match(rf"({key})\s*=", line))


def made(one: Difference, end: str, scripts: Scripts, before: dict[str, list[str]]) -> bool:
    """Whether a link to what a changed package ships is one that was made for it.

    Args:
        one: a path where there is a link now.
        end: where it leads by its own words.
        before: the choices of each alternative before the run.
    """
    path, name, new = one.path, posixpath.basename(one.path), one.before is None
    if one.before and not stat.S_ISLNK(one.before.mode):
        return False  # what was there was something else
    if path.startswith(ALTERNATIVES):
        listed = scripts.alternative(name, end) or end in before.get(name, [])
        return listed or (new and posixpath.basename(end) == name)
    if end.startswith(ALTERNATIVES):
        chosen = posixpath.basename(end)
        return scripts.alternative_link(path, chosen) or (new and chosen == name)
    started = _STARTED.fullmatch(path)
    if started:
        return end == f"/etc/init.d/{started['name']}"
    return _generated(path, end) or (new and (_of_unit(path, end) or _same_name(path, end)))


def _of_unit(path: str, end: str) -> bool:
    """Whether a unit is enabled, or has another name, as its own file asks for it."""
    match, unit = _UNIT.fullmatch(path), _SHIPPED_UNIT.fullmatch(end)
    if not match or not unit or unit["kind"] != match["kind"]:
        return False
    if match["by"]:
        return _same_unit(match["name"], unit["name"]) and _installs(end, "WantedBy|RequiredBy", match["by"])
    return _installs(end, "Alias", match["name"])


def _generated(path: str, end: str) -> bool:
    """Whether a unit is enabled by a generator."""
    match, unit = _GENERATED.fullmatch(path), _SHIPPED_UNIT.fullmatch(end)
    return bool(match and unit and _same_unit(match["name"], unit["name"]))


def _same_name(path: str, end: str) -> bool:
    """Whether a link bears the name of what it leads to, or that of a library without the end of its version."""
    if not _SAME_NAME.fullmatch(path):
        return False
    library = _LIBRARY.fullmatch(posixpath.basename(path))
    if library and posixpath.dirname(end) == posixpath.dirname(path):
        return posixpath.basename(end).startswith(library["stem"])
    return posixpath.basename(end) == posixpath.basename(path)
