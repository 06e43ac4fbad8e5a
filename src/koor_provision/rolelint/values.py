"""What a template may come to, as far as the files of a role tell: plain data with holes in it.

A value is a text, number, truth value, None, list or mapping; a Hole where nobody can know; a Text where parts of a
text are known; MISSING for a key that is not there. Where a template may come to several values, all are kept.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

MOST = 128
"""So many possible values are kept apart; beyond that nobody knows."""

Value = Any
Values = tuple[Value, ...]


@dataclass(frozen=True)
class Hole:
    """A value that the files do not tell.

    Attributes:
        names: the variables that it comes from.
        word: it holds letters, digits, hyphens and underscores only: no slash, and no dots to climb by.
        step: it holds no slash; dots it may.
        many: as an item of a list: any number of them.
    """

    names: frozenset[str]
    word: bool = False
    step: bool = False
    many: bool = False


@dataclass(frozen=True)
class Text:
    """A text that is known in parts; never two known parts side by side."""

    parts: tuple[str | Hole, ...]


class _Missing:
    """What a mapping does not have."""

    def __repr__(self) -> str:
        return "MISSING"


class _Omit:
    """Ansible's word for an argument that is not given."""

    def __repr__(self) -> str:
        return "OMIT"


MISSING, OMIT = _Missing(), _Omit()


def hole(*sources: Value) -> Hole:
    """A value that depends on these in a way that was not followed."""
    return Hole(frozenset(name for source in sources for name in names_in(source)))


def names_in(value: Value) -> frozenset[str]:
    """The variables that the holes in a value come from."""
    if isinstance(value, Hole):
        return value.names
    if isinstance(value, Text):
        return frozenset(name for part in value.parts if isinstance(part, Hole) for name in part.names)
    if isinstance(value, dict):
        return frozenset(name for item in value.values() for name in names_in(item))
    if isinstance(value, list):
        return frozenset(name for item in value for name in names_in(item))
    return frozenset()


def has_holes(value: Value) -> bool:
    """Whether anything in it is not known."""
    if isinstance(value, dict):
        return any(has_holes(item) for item in value.values())
    if isinstance(value, list):
        return any(has_holes(item) for item in value)
    return isinstance(value, Hole | Text)


def text_of(parts: Iterable[Value]) -> Value:
    """The parts as one text, as far as it is known."""
    joined: list[str | Hole] = []
    for part in parts:
        pieces = part.parts if isinstance(part, Text) else (part,)
        for piece in pieces:
            if isinstance(piece, list | dict):
                piece = hole(piece) if has_holes(piece) else str(piece)  # noqa: PLW2901
            if piece is MISSING or piece is OMIT:
                piece = ""  # noqa: PLW2901
            if isinstance(piece, Hole):
                joined.append(piece)
            elif joined and isinstance(joined[-1], str):
                joined[-1] += str(piece)
            else:
                joined.append(str(piece))
    whole = tuple(part for part in joined if part != "")
    if not whole:
        return ""
    if len(whole) == 1:
        return whole[0]
    return Text(whole)


def distinct(values: Iterable[Value]) -> Values:
    """Each value once, in order; one hole for all of them where they are too many."""
    kept: list[Value] = []
    for value in values:
        if not any(type(value) is type(one) and value == one for one in kept):
            kept.append(value)
        if len(kept) > MOST:
            return (hole(*kept),)
    return tuple(kept)


def some_of(items: list[Value]) -> Values:
    """The lists that may be left where nobody knows which items stay: none, any one of them, or all."""
    return distinct([[], *([item] for item in items), items])


def combine(choices: Sequence[Values], make: Callable[..., Value | Values]) -> Values:
    """What `make` makes of each combination of possible values; a tuple from it stands for several."""
    number = 1
    for choice in choices:
        number *= len(choice)
    if number > MOST:
        return (hole(*(value for choice in choices for value in choice)),)
    results = (make(*chosen) for chosen in product(*choices))
    return distinct(one for result in results for one in (result if isinstance(result, tuple) else (result,)))
