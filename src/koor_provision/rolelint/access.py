"""Entries of lists and mappings, defaults and tests, over values with holes."""

import re
from collections.abc import Callable

from koor_provision.rolelint.values import MISSING, Hole, Value, has_holes, hole


def index(container: Value, key: Value) -> Value:
    """The entry of a list or mapping; every one where the key is not known, since it can only be one of them."""
    if isinstance(container, dict):
        if has_holes(key):
            return tuple(container.values()) or MISSING
        if isinstance(key, str | int) and (key in container or str(key) in container):
            return container[key if key in container else str(key)]
        return Hole(frozenset(container.names)) if isinstance(container, Open) else MISSING
    if isinstance(container, list):
        if isinstance(key, int) and -len(container) <= key < len(container) and not any_number(container):
            return container[key]
        return MISSING if isinstance(key, int) and not container else tuple(container) or MISSING
    return MISSING if container is MISSING else hole(container, key)


class Open(dict[str, Value]):
    """A mapping of which only some entries are known, such as the facts of a server."""

    def __init__(self, names: str, entries: dict[str, Value]) -> None:
        super().__init__(entries)
        self.names = (names,)


def any_number(items: list[Value]) -> bool:
    """Whether a list may be longer than it looks."""
    return any(isinstance(item, Hole) and item.many for item in items)


def attribute(item: Value, path: str, default: Value) -> Value:
    """What a path with dots leads to in an item; MISSING as a default is none."""
    for part in path.split("."):
        item = index(item, part)
        if isinstance(item, tuple):
            return item
    return item if default is MISSING else or_default(item, default)


def test(*arguments: Value) -> Callable[[Value], bool | None]:
    """A test by its name; what it returns says None where nobody knows."""
    name = arguments[0] if arguments else "truthy"
    return lambda value: holds(str(name), value, arguments[1:])


def holds(name: str, value: Value, arguments: tuple[Value, ...]) -> bool | None:
    """Whether a test of Jinja or Ansible is true; None where nobody knows."""
    if name in {"defined", "undefined"}:
        return None if isinstance(value, Hole) else (value is not MISSING) == (name == "defined")
    if has_holes(value) or any(has_holes(argument) for argument in arguments):
        return None
    if name in {"match", "search", "regex"} and arguments and isinstance(value, str):
        find = re.match if name == "match" else re.search
        return find(str(arguments[0]), value[:1000]) is not None
    if name == "in" and arguments and isinstance(arguments[0], list | dict | str):
        return value in arguments[0] if not isinstance(arguments[0], str) else str(value) in arguments[0]
    if name in {"equalto", "==", "eq"} and arguments:
        return bool(value == arguments[0])
    return bool(value) if name == "truthy" else None


def or_default(value: Value, other: Value = "", boolean: Value = False) -> Value:  # noqa: FBT002  # Jinja's own signature
    """The filter `default`: both, where nobody knows whether the value is there."""
    if value is MISSING:
        return other
    if isinstance(value, Hole):
        return (value, other)
    return other if boolean and not value else value
