"""When each part of a run was at work: bars on one scale, from the run's own events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from koor_provision.models.evidence import Record

START, TESTING = "start", "testing"
FAILED = {"failed", "unreachable"}


@dataclass(frozen=True)
class Bar:
    """From and width in percent of the whole run."""

    start: float
    width: float


@dataclass(frozen=True)
class Row:
    """One part of the run; a part may be at work several times, such as when its services are started at the end.

    Attributes:
        part: a role, START, TESTING, or empty for steps of no role.
    """

    part: str
    bars: tuple[Bar, ...]
    seconds: float
    failed: bool = False


@dataclass
class _Stretch:
    part: str
    start: float
    end: float
    failed: bool = False


def rows(record: Record) -> tuple[Row, ...]:
    """The parts in the order in which they began."""
    begun, ended = record.started.timestamp(), record.finished.timestamp()
    whole = max(ended - begun, 0.001)
    names: dict[str, list[_Stretch]] = {}
    for stretch in _stretches(record, begun, ended):
        names.setdefault(stretch.part, []).append(stretch)
    return tuple(
        Row(
            part,
            tuple(_bar(one, begun, whole) for one in stretches),
            sum(one.end - one.start for one in stretches),
            any(one.failed for one in stretches),
        )
        for part, stretches in names.items()
    )


def steps(record: Record) -> tuple[dict[str, Any], ...]:
    """The steps that changed something."""
    return record.changes


def clock(moment: datetime) -> str:
    """A time of the day to the second."""
    return moment.strftime("%H:%M:%S")


def _stretches(record: Record, begun: float, ended: float) -> list[_Stretch]:
    """Events follow each other: a part is at work until the next one is."""

    def at(event: dict[str, Any]) -> float:
        return min(max(float(event.get("time", begun)), begun), ended)

    timed = [event for event in record.events if event.get("event") in {"task", "result"} and "time" in event]
    if not timed:
        return []
    found = [_Stretch(START, begun, at(timed[0]))]
    for event in timed:
        part = str(event.get("role", ""))
        if found[-1].part != part:
            found.append(_Stretch(part, found[-1].end, at(event)))
        found[-1].end = max(found[-1].end, at(event))
        found[-1].failed |= event.get("status") in FAILED
    if record.checks:
        bad = any(check.result != "passed" for check in record.checks)
        found.append(_Stretch(TESTING, found[-1].end, ended, bad))
    return found


def _bar(stretch: _Stretch, begun: float, whole: float) -> Bar:
    start = round((stretch.start - begun) / whole * 100, 2)
    return Bar(start, max(round((stretch.end - stretch.start) / whole * 100, 2), 0.4))
