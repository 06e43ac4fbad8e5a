"""A role's contract as the lint asks it: is this name inside, and if not, what is to be done."""

import re
from collections.abc import Iterable, Sequence

from koor_provision.models.scope import Scope
from koor_provision.rolelint.values import Hole, Text, Value

EVERYWHERE = frozenset({"root", "www-data"})
"""Accounts that every Debian has: files may be given to them, nobody may change them."""
HEADINGS = {
    "package": "packages", "service": "services", "path": "paths", "tree": "paths", "folder": "paths", "user": "users",
    "group": "groups", "owner": "users", "port": "ports", "setting": "settings",
}  # fmt: skip


class Contract:
    """One system's part of what a role may touch, of all its contracts together."""

    def __init__(self, scopes: Sequence[Scope], system: str) -> None:
        here = [scope.systems[system] for scope in scopes if system in scope.systems]
        self.system = system
        self.paths = tuple(path for scope in scopes for path in scope.paths)
        users = {name for scope in scopes for name in scope.users}
        groups = {name for scope in scopes for name in scope.groups}
        self._names = {
            "package": {name for one in here for name in one.every_package},
            "service": {str(name) for one in here for name in one.services},
            "user": users,
            "group": groups,
            "owner": EVERYWHERE | users | groups,
            "port": {re.split("[:/]", port)[-2] for scope in scopes for port in scope.ports},
            "setting": {str(one) for scope in scopes for one in scope.settings},
        }
        self._given = {
            "package": {name for scope in scopes for name in scope.given.packages},
            "service": {name for scope in scopes for name in scope.given.services},
            "path": {name for scope in scopes for name in scope.given.paths},
            "user": {name for scope in scopes for name in scope.given.users},
            "group": {name for scope in scopes for name in scope.given.groups},
        }

    def has(self, kind: str, name: str) -> bool:
        """Whether a known name is inside. A name is as `canonical` returns it."""
        if kind == "path":
            return covered(name, self.paths)
        tree = name.rstrip("/") + "/"
        if kind == "tree":
            return covered(tree, self.paths)
        if kind == "folder":
            return covered(name, self.paths) or any(path.startswith(tree) for path in self.paths)
        return name in self._names[kind]

    def begins_inside(self, kind: str, text: Text) -> bool:
        """Whether a path known in parts stays inside a tree whatever the unknown parts are: they are bare words."""
        head = text.parts[0]
        return (
            kind in {"path", "tree", "folder"}
            and isinstance(head, str)
            and plain(head)
            and any(path.endswith("/") and "*" not in path and head.startswith(path) for path in self.paths)
            and all(plain(part) for part in text.parts if isinstance(part, str))
            and all(_climbs_nowhere(text, place) for place, part in enumerate(text.parts) if isinstance(part, Hole))
        )

    def is_given(self, kind: str, value: Value) -> bool:
        """Whether it comes from a variable that the contract declares to hold such names, and from nothing else."""
        return isinstance(value, Hole) and bool(value.names) and value.names <= self._given.get(kind, set())


def canonical(kind: str, name: str) -> str:
    """A name as contracts write it: packages without version, units with suffix."""
    if kind == "package":
        return name.partition("=")[0].strip()
    if kind == "service" and not name.endswith((".service", ".socket", ".timer", ".target", ".mount", ".path")):
        return f"{name}.service"
    return name


def plain(path: str) -> bool:
    """Whether no step of a path leads upwards, and no variable of the server comes in, as modules do it with a `$`."""
    return ".." not in path.split("/") and "$" not in path


def _climbs_nowhere(text: Text, place: int) -> bool:
    """Whether the unknown part of a path is no step upwards: a bare word, or a name with more than dots beside it."""
    part = text.parts[place]
    if not isinstance(part, Hole) or part.word:
        return True
    following = text.parts[place + 1] if place + 1 < len(text.parts) else ""
    return part.step and isinstance(following, str) and following.partition("/")[0].strip(".") != ""


def covered(path: str, entries: Iterable[str]) -> bool:
    """Whether a path is one of these or lies in a tree among them. An asterisk stands for any part of one name."""
    if not path.startswith("/") or not plain(path):
        return False
    return any(_pattern(entry).fullmatch(path) for entry in entries)


def _pattern(entry: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in entry.rstrip("/").split("*"))
    return re.compile("[^/]*".join(parts) + ("(/.*)?" if entry.endswith("/") else ""), re.DOTALL)
