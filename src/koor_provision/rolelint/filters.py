"""Jinja's and Ansible's filters over values with holes. One that is not here makes a value that nobody knows.

Where a choice hangs on something unknown, everything stays that could be chosen: rather too much is judged than too
little.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from koor_provision.errors import InputError
from koor_provision.rolelint.access import any_number, attribute, index, or_default, test
from koor_provision.rolelint.values import MISSING, Hole, Text, Value, combine, has_holes, hole, some_of, text_of
from koor_provision.rolelint.yaml_lines import read_lines

_ALL_BUT = re.compile(r"\[\^[A-Za-z0-9._-]+\]\+?")
"""A pattern that, replaced by nothing, leaves letters, digits, dots, hyphens and underscores only."""

_WHOLE = "^(.*)$"


def _ternary(value: Value, yes: Value, no: Value, *_: Value) -> Value:
    return (yes, no) if isinstance(value, Hole) else yes if value else no


def _items(value: Value) -> list[Value] | None:
    """What a filter goes through; None if nobody knows."""
    if isinstance(value, list):
        return value
    return list(value) if isinstance(value, dict) else None


def _map(value: Value, *arguments: Value, **options: Value) -> Value:
    items = _items(value)
    if "attribute" in options:
        path = options["attribute"]
        if items is None or not isinstance(path, str):
            return hole(value, *options.values())
        return _each([attribute(item, path, options.get("default", MISSING)) for item in items])
    if not arguments or not isinstance(arguments[0], str):
        return hole(value, *arguments)
    name, rest = arguments[0], arguments[1:]
    if name == "extract" and rest and isinstance(rest[0], dict) and (items is None or has_holes(items)):
        # A key of this mapping, whichever: any number of its values.
        return some_of(list(rest[0].values()))
    if items is None:  # any number of something
        one = apply(name, value if isinstance(value, Hole) else hole(value), rest, options)
        return ([], [one]) if isinstance(one, Text) else one if isinstance(one, Hole) else hole(value, *rest)
    return _each([apply(name, item, rest, options) for item in items])


def _each(items: list[Value]) -> Value:
    """A list whose items may each come to several values."""
    return combine([item if isinstance(item, tuple) else (item,) for item in items], lambda *chosen: list(chosen))


def _select(value: Value, *arguments: Value, keep: bool) -> Value:
    items, holds = _items(value), test(*arguments)
    if items is None:
        return hole(value, *arguments)
    return _kept([(item, holds(item)) for item in items], keep=keep)


def _select_attribute(value: Value, path: Value, *arguments: Value, keep: bool) -> Value:
    items, holds = _items(value), test(*arguments)
    if items is None or not isinstance(path, str):
        return hole(value, path, *arguments)
    return _kept([(item, holds(attribute(item, path, MISSING))) for item in items], keep=keep)


def _kept(judged: list[tuple[Value, bool | None]], *, keep: bool) -> Value:
    kept = [item for item, verdict in judged if verdict in (keep, None)]
    return some_of(kept) if any(verdict is None for _, verdict in judged) else kept


def _difference(value: Value, other: Value, *_: Value) -> Value:
    if not isinstance(value, list):
        return hole(value, other)
    kept = [item for item in value if not isinstance(other, list) or item not in other]
    return some_of(_unique(kept)) if has_holes(other) or has_holes(kept) else _any_order(kept)


def _any_order(items: list[Value]) -> Value:
    """As sets come out of Ansible: each item once, and which is the first nobody says."""
    once = _unique(items)
    return some_of(once) if len(once) > 1 else once


def _sort(value: Value, *arguments: Value, **options: Value) -> Value:
    items = _items(value)
    if items is None:
        return hole(value)
    if arguments or options or not all(isinstance(item, str) for item in items):
        return some_of(items) if len(items) > 1 else items
    return sorted(items, key=str.lower)


def _regex_replace(value: Value, pattern: Value = "", by: Value = "", *_: Value, **__: Value) -> Value:
    if isinstance(pattern, str) and by == "" and _ALL_BUT.fullmatch(pattern) and has_holes(value):
        return Hole(hole(value).names, word="." not in pattern, step=True)
    if pattern == _WHOLE and isinstance(by, str) and by.count("\\1") == 1 and isinstance(value, Hole):
        before, after = by.split("\\1")
        return text_of([before, value, after])
    if isinstance(value, str) and isinstance(pattern, str) and isinstance(by, str):
        return re.sub(pattern, by, value[:1000])
    return hole(value, pattern, by)


def _regex_search(value: Value, pattern: Value = "", *more: Value, **_: Value) -> Value:
    if isinstance(value, str) and isinstance(pattern, str) and not more:
        found = re.search(pattern, value[:1000])
        return found[0] if found else ""
    return hole(value, pattern)


def _combine(value: Value, *others: Value, **_: Value) -> Value:
    if not all(isinstance(one, dict) for one in (value, *others)):
        return hole(value, *others)
    return {key: item for one in (value, *others) for key, item in one.items()}


def _plus(value: Value, other: Value) -> Value:
    """Lists one after the other; one that is not known adds any number of items."""
    if isinstance(value, list) and isinstance(other, list):
        return value + other
    if isinstance(value, list) and isinstance(other, Hole):
        return [*value, replace(other, many=True)]
    if isinstance(value, Hole) and isinstance(other, list):
        return [replace(value, many=True), *other]
    if isinstance(value, str | Text) and isinstance(other, str | Text | Hole):
        return text_of([value, other])
    if isinstance(value, int) and isinstance(other, int):
        return value + other
    return hole(value, other)


def _flatten(value: Value, *_: Value, **__: Value) -> Value:
    if not isinstance(value, list):
        return hole(value)
    return [one for item in value for one in (_flatten(item) if isinstance(item, list) else [item])]


def _unique(value: Value, *_: Value, **__: Value) -> Value:
    if not isinstance(value, list):
        return hole(value)
    kept: list[Value] = []
    for item in value:
        if item not in kept:
            kept.append(item)
    return kept


def _union(value: Value, other: Value) -> Value:
    both = _plus(value, other)
    return _any_order(both) if isinstance(both, list) else both


def _from_yaml(value: Value) -> Value:
    if not isinstance(value, str):
        return hole(value)
    try:
        return read_lines(value.encode(), "a text").plain()
    except InputError:
        return hole(value)


def _join(value: Value, separator: Value = "", *_: Value) -> Value:
    if not isinstance(value, list) or not isinstance(separator, str) or any_number(value):
        return hole(value, separator)
    return text_of([part for item in value for part in (separator, item)][1:])


def _text(change: Callable[[str], Value]) -> Callable[..., Value]:
    return lambda value, *_, **__: (
        change(value) if isinstance(value, str) else Text(tuple(_changed(value, change))) if isinstance(value, Text)
        else value if isinstance(value, Hole) else hole(value)
    )  # fmt: skip


def _changed(value: Text, change: Callable[[str], Value]) -> list[str | Hole]:
    return [part if isinstance(part, Hole) else str(change(part)) for part in value.parts]


def _int(value: Value, *_: Value, **__: Value) -> Value:
    if isinstance(value, int) or (isinstance(value, str) and value.isascii() and value.isdecimal()):
        return int(value)
    return Hole(hole(value).names, word=True)


def _list(value: Value, *_: Value) -> Value:
    items = _items(value)
    return value if items is None else items


def _first(value: Value, *_: Value) -> Value:
    return index(value, 0)


def _known(value: Value, *arguments: Value, make: Callable[[Any], Value]) -> Value:
    return hole(value, *arguments) if has_holes(value) or value is MISSING else make(value)


FILTERS: dict[str, Callable[..., Value]] = {
    "bool": lambda value: value if isinstance(value, bool) else hole(value),
    "combine": _combine,
    "d": or_default,
    "default": or_default,
    "dict2items": lambda value: (
        [{"key": key, "value": item} for key, item in value.items()] if isinstance(value, dict) else hole(value)
    ),
    "difference": _difference,
    "extract": lambda key, container, *_: index(container, key),
    "first": _first,
    "flatten": _flatten,
    "from_json": _from_yaml,
    "from_yaml": _from_yaml,
    "int": _int,
    "intersect": lambda value, *_: some_of(_unique(value)) if isinstance(value, list) else hole(value),
    "join": _join,
    "list": _list,
    "lower": _text(str.lower),
    "map": _map,
    "regex_replace": _regex_replace,
    "regex_search": _regex_search,
    "reject": lambda value, *arguments: _select(value, *arguments, keep=False),
    "rejectattr": lambda value, path, *arguments: _select_attribute(value, path, *arguments, keep=False),
    "select": lambda value, *arguments: _select(value, *arguments, keep=True),
    "selectattr": lambda value, path, *arguments: _select_attribute(value, path, *arguments, keep=True),
    "sort": _sort,
    "string": _text(str),
    "ternary": _ternary,
    "to_json": lambda value, *_, **__: _known(value, make=json.dumps),
    "trim": _text(str),
    "union": _union,
    "unique": _unique,
    "upper": _text(str.upper),
}
plus = _plus


def apply(name: str, value: Value, arguments: tuple[Value, ...], options: dict[str, Value]) -> Value:
    """What a filter makes of a value; a tuple stands for several that it may be."""
    function = FILTERS.get(name.removeprefix("ansible.builtin."))
    if function is None:
        return hole(value, *arguments, *options.values())
    try:
        return function(value, *arguments, **options)
    except (TypeError, ValueError, LookupError, AttributeError, re.error, RecursionError):
        return hole(value, *arguments, *options.values())  # Ansible would stop there, or knows more of it than we do
