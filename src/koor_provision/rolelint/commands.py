"""Commands that are known to change nothing, from commands.yml."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_TABLE = Path(__file__).with_name("commands.yml")


@cache
def _table() -> list[dict[str, Any]]:
    return list(yaml.safe_load(_TABLE.read_text(encoding="utf-8")))


def is_known(words: list[str]) -> bool:
    """Whether a command stands in the table, with these words and no others."""
    return bool(words) and any(_is(entry, words[0], words[1:]) for entry in _table())


def _is(entry: dict[str, Any], program: str, words: list[str]) -> bool:
    must, may = entry["must"], entry.get("may", [])
    return (
        _matches(entry["program"], program)
        and all(any(_matches(pattern, word) for word in words) for pattern in must)
        and all(any(_matches(pattern, word) for pattern in (*must, *may)) for word in words)
    )


def _matches(pattern: str, word: str) -> bool:
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch("[A-Za-z0-9.@/_-]*".join(parts), word) is not None and ".." not in word
