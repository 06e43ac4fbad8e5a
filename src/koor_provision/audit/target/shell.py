"""What maintainer scripts say, word by word: a command's words, with the values that the script gives its variables."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

_VALUE = r"""("[^"\n`]*"|'[^'\n]*'|[^\s;&|()`"']+)"""
_GIVEN = re.compile(rf"(?:^|[;\s])(?:local\s+|export\s+)?([A-Za-z_]\w*)={_VALUE}", re.MULTILINE)
_EACH = re.compile(r"\bfor\s+([A-Za-z_]\w*)\s+in\s+([^;\n]+)")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_END = re.compile(r"[;|&<]+|\d?>+")
_DEEPEST = 4


class Script:
    """The text of a package's maintainer scripts."""

    def __init__(self, text: str) -> None:
        joined = text.replace("\\\n", " ")
        self._lines = [line.strip() for line in joined.splitlines() if line.strip()[:1] not in {"", "#"}]
        self._values: dict[str, list[str]] = {}
        plain = "\n".join(self._lines)
        for name, value in _GIVEN.findall(plain):
            self._values.setdefault(name, []).append(value.strip("\"'"))
        for name, values in _EACH.findall(plain):
            self._values.setdefault(name, []).extend(word.strip("\"'") for word in values.split())

    def commands(self, *names: str) -> Iterator[list[str]]:
        """The words behind each call of one of these programs, up to the end of the command."""
        call = re.compile(rf"(?<![\w./-])(?:/usr)?(?:/s?bin/)?({'|'.join(map(re.escape, names))})(?=\s)(?P<rest>.*)")
        for line in self._lines:
            rest = line
            while True:
                match = call.search(rest)
                if not match:
                    break
                rest = match["rest"]
                yield [match[1], *_words(_END.split(rest)[0])]

    def says(self, text: str, *words: str) -> bool:
        """Whether these words, with a space between, can be this text; each variable has one value at a time."""
        known: set[str] = set()
        return bool(re.fullmatch(" ".join(self._pattern(word, known) for word in words), text))

    def _pattern(self, word: str, known: set[str], depth: int = 0) -> str:
        pattern, end = "", 0
        for match in _VARIABLE.finditer(word):
            pattern += re.escape(word[end : match.start()])
            end = match.end()
            name = match[1] or match[2]
            if name in known and not depth:
                pattern += f"(?P={name})"
                continue
            values = self._values.get(name, []) if depth < _DEEPEST else []
            choice = "|".join(self._pattern(value, known, depth + 1) for value in values) or "(?!)"
            pattern += f"(?:{choice})" if depth else f"(?P<{name}>{choice})"
            if not depth:
                known.add(name)
        return pattern + re.escape(word[end:])


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError:  # a quote that ends on another line
        return [word.strip("\"'") for word in text.split()]
