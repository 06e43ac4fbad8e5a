"""YAML without surprises: PyYAML parses, we take only events that a careful reader expects.

Refused are aliases, anchors, tags, merge keys, duplicate keys, hidden letters, several documents and deep nesting.
Every scalar comes out as the text that stands there, so `no` is not false and `1.10` is not 1.1; the models say what a
text must become. An empty value, `null` and `~` unquoted are None.
"""

from typing import Any

import yaml

from koor_provision.errors import InputError
from koor_provision.models.text import hidden

MAX_DEPTH = 12
MAX_NODES = 20_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "null", "~"}

Tree = dict[str, "Tree"] | list["Tree"] | str | None


def parse(data: bytes, name: str) -> Tree:
    """Parse one YAML document.

    Raises:
        InputError: with file, line and column of what is not allowed.
    """
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", where=name, hint="save it as UTF-8") from error
    _no_hidden_letters(text, name)
    try:
        return _Builder(name).build(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}, column {mark.column + 1}" if mark else name
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise InputError(
            f"not valid YAML: {problem}", where=where, hint="see `koor-provision sample DIR` for the format"
        ) from error
    except RecursionError as error:
        raise InputError("nested too deeply", where=name, hint=f"at most {MAX_DEPTH} levels") from error


def _no_hidden_letters(text: str, name: str) -> None:
    """Refuse them in comments too: some end a line for YAML and not for the eye, and what follows would count."""
    for number, line in enumerate(text.split("\n"), 1):
        if letter := hidden(line, "\t"):
            raise InputError(
                f"the invisible character U+{ord(letter):04X}",
                where=f"{name}, line {number}, column {line.index(letter) + 1}",
                hint="take it out; if it is the first of the file, save it as UTF-8 without byte order mark",
            )


class _Builder:
    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes = 0

    def build(self, text: str) -> Tree:
        loader = _Loader(text)
        try:
            self._loader = loader
            loader.get_event()  # stream start
            if isinstance(loader.peek_event(), yaml.StreamEndEvent):
                return None
            loader.get_event()  # document start
            tree = self._node(0)
            loader.get_event()  # document end
            following = loader.get_event()
            if not isinstance(following, yaml.StreamEndEvent):
                raise self._error(following, "a second document in one file", "one document a file")
        finally:
            loader.dispose()
        return tree

    def _error(self, event: yaml.Event, problem: str, hint: str) -> InputError:
        mark = event.start_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        return InputError(problem, where=f"{self._name}{place}", hint=hint)

    def _node(self, depth: int) -> Tree:
        event = self._loader.get_event()
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._error(event, "too many values", f"at most {MAX_NODES} in one document")
        if depth > MAX_DEPTH:
            raise self._error(event, "nested too deeply", f"at most {MAX_DEPTH} levels")
        if getattr(event, "anchor", None):  # an alias has one too
            raise self._error(event, "anchors and aliases are not allowed", "write the value out")
        if getattr(event, "tag", None):
            raise self._error(event, "tags are not allowed", "write the plain value")
        if isinstance(event, yaml.ScalarEvent):
            # Unquoted; one of the two parsers of PyYAML says None for it, the other an empty text.
            return None if not event.style and event.value in _NULLS else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Tree] = []
            while not isinstance(self._loader.peek_event(), yaml.SequenceEndEvent):
                items.append(self._node(depth + 1))
            self._loader.get_event()
            return items
        return self._mapping(depth)

    def _mapping(self, depth: int) -> Tree:
        mapping: dict[str, Tree] = {}
        while not isinstance(self._loader.peek_event(), yaml.MappingEndEvent):
            event = self._loader.peek_event()
            key = self._node(depth + 1)
            if not isinstance(key, str):
                raise self._error(event, "a key must be a word", "write `key: value`")
            if key == "<<":
                raise self._error(event, "merge keys are not allowed", "write the values out")
            if key in mapping:
                raise self._error(event, f"the key '{key}' stands there twice", "keep one of them")
            mapping[key] = self._node(depth + 1)
        self._loader.get_event()
        return mapping
