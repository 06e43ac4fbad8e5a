"""What each module's arguments name, from modules.yml: a table to read and to extend, and no code for one module."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_TABLE = Path(__file__).with_name("modules.yml")
KINDS = {
    "package", "service", "group", "user", "port", "path", "tree", "folder", "owner", "mode", "setting", "command",
    "source", "text", "shell", "within", "refused", "any",
}  # fmt: skip
_NOT_ARGUMENTS = {"any", "defaults", "always", "explains"}


class Kind(NamedTuple):
    """What an argument names, and by which pattern; of a refused one the pattern is the reason."""

    name: str
    pattern: str


class Module(NamedTuple):
    """One entry of the table, see there."""

    arguments: dict[str, Any]
    harmless: frozenset[str]
    defaults: dict[str, str]
    always: tuple[tuple[Kind, str], ...]
    explains: tuple[str, ...]
    refused: str

    def takes(self, argument: str) -> bool:
        """Whether it is one that names nothing."""
        return argument in self.harmless or ("*" in self.harmless and argument not in self.arguments)


def kind(text: str) -> Kind:
    """Parse `KIND PATTERN`.

    Raises:
        ValueError: there is no such kind.
    """
    name, _, pattern = text.partition(" ")
    if name not in KINDS:
        raise ValueError(f"no kind '{name}'")
    return Kind(name, pattern)


@cache
def table() -> dict[str, Module]:
    """Every module by its full name."""
    raw = yaml.load(_TABLE.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # safe in C
    return {name: _module(entry) for name, entry in raw.items()}


def find(name: str) -> Module | None:
    """A module by its full name, or one of Ansible's own by its short one."""
    return table().get(name) or table().get(f"ansible.builtin.{name.removeprefix('ansible.legacy.')}")


def _module(entry: dict[str, Any]) -> Module:
    refused = entry.get("refused", "") if set(entry) == {"refused"} else ""
    arguments = {} if refused else {name: form(one) for name, one in entry.items() if name not in _NOT_ARGUMENTS}
    return Module(
        arguments,
        frozenset(entry.get("any", ())),
        entry.get("defaults", {}),
        tuple((kind(name), value) for name, value in entry.get("always", {}).items()),
        tuple(entry.get("explains", {}).get("tree", ())),
        refused,
    )


def form(raw: Any) -> Any:  # noqa: ANN401  # a kind, several, a mapping, or a list of mappings
    """What an argument may look like: kinds in a tuple, a Module for a mapping, a list with one for a list of them."""
    if isinstance(raw, str):
        return (kind(raw),)
    if isinstance(raw, dict):
        return _module(raw)
    return [_module(raw[0])] if isinstance(raw[0], dict) else tuple(kind(one) for one in raw)
