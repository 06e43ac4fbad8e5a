"""For every row of the CTO's forms: whether a machine measures it, a person is asked, or why neither can be relied on.

A row that the CTO adds and that stands in no table here is asked: a person can always say that something was done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from koor_provision.models.measured import Measured


class How(StrEnum):
    """Who says what stands in a row."""

    MEASURED = "measured"
    CONFIRMED = "measured and confirmed"
    ASKED = "asked"
    OPEN = "left open"


@dataclass(frozen=True)
class Answer:
    """What was measured for a row.

    Attributes:
        good: whether that is as it should be; None where only a person can tell.
        text: in words.
        count: how many there are, where the row counts something.
        advice: what to do about it, where something is not as it should be.
    """

    text: str
    good: bool | None = None
    count: int | None = None
    advice: str = ""


@dataclass(frozen=True)
class Row:
    """How a row is filled.

    Attributes:
        measure: for a row that is measured.
        reason: why a row is left open, or what a person is asked for that no machine knows.
    """

    how: How
    measure: Callable[[Measured], Answer] | None = None
    reason: str = ""


ASKED = Row(How.ASKED, reason="a person can say that it was done")
