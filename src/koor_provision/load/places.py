"""The line in a YAML file where a field stands. Only for messages: nothing is decided by it."""

from collections.abc import Sequence
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAMES = ("id", "name", "component")


def line_of(data: bytes, path: Sequence[str | int]) -> int | None:
    """The line of one path (see `lines_of`)."""
    return lines_of(data, [path])[0]


def lines_of(data: bytes, paths: Sequence[Sequence[str | int]]) -> list[int | None]:
    """For each path the line of its deepest part that the file has; None if it has not even the first part.

    Args:
        data: a document that `strict_yaml.parse` has taken: no alias in it leads in a circle.
        paths: each of keys, places in lists counted from 0, or the id, name or component of a list's element. A part
            that is not there is passed over: a path from a model also holds the names of variants.
    """
    root = yaml.compose(data.decode("utf-8").replace("\r\n", "\n"), _Loader)
    return [_line(root, path) for path in paths]


def _line(node: Any, path: Sequence[str | int]) -> int | None:  # noqa: ANN401  # PyYAML's nodes are not typed
    line = None
    for part in path:
        found = _step(node, part)
        if found is not None:
            line, node = found
    return line


def _step(node: Any, part: str | int) -> tuple[int, Any] | None:  # noqa: ANN401
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            if part in (number, str(number)) or part in _names(item):
                return item.start_mark.line + 1, item
    return None


def _names(item: Any) -> list[str]:  # noqa: ANN401
    if isinstance(item, yaml.ScalarNode):
        return [item.value]
    if isinstance(item, yaml.MappingNode):
        return [value.value for key, value in item.value if key.value in _NAMES]
    return []
