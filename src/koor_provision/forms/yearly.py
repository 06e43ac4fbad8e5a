"""One row of the maintenance form, filled in, and what we recommend by all of them (R14). Pure."""

from collections.abc import Iterable

from koor_provision.forms.fill import line
from koor_provision.forms.rows import Answer, How, Row
from koor_provision.models.checklist import Item, MaintenanceRow
from koor_provision.models.measured import Measured

_LONGEST, _ADVICE = 4000, 800


def filled(item: Item, row: Row, seen: Measured, said: str = "") -> MaintenanceRow:
    """A row with what was measured for it, and what a person said.

    What was neither measured nor said is open: nothing is good because nobody looked.
    """
    if row.how is How.OPEN:
        return MaintenanceRow(item=item.id, verdict="open", found=line(row.reason))
    answer = row.measure(seen) if row.measure else None
    words = said.strip()[:_LONGEST] or None
    if answer is None:
        if words is None:
            return MaintenanceRow(item=item.id, verdict="open", found=line(f"nobody answered: {row.reason}"))
        return MaintenanceRow(item=item.id, verdict="noted", said=words)
    return MaintenanceRow(
        item=item.id,
        verdict=_verdict(answer),
        found=line(answer.text),
        said=words,
        advice=line(answer.advice, _ADVICE) if answer.advice else None,
    )


def _verdict(answer: Answer) -> str:
    if answer.good is None:
        return "noted"
    return "good" if answer.good else "attention"


def question(row: Row) -> str | None:
    """What a person is asked about a row; None where no person knows more than the machine."""
    return row.reason if row.how in {How.ASKED, How.CONFIRMED} else None


def recommendations(rows: Iterable[MaintenanceRow]) -> tuple[str, ...]:
    """What we recommend, in the order of the form, each once."""
    return tuple(dict.fromkeys(row.advice for row in rows if row.advice))
