"""One row of a form, filled in as far as a machine can, and what is still to be asked. Pure."""

from dataclasses import dataclass
from datetime import date

from koor_provision.forms.rows import ASKED, Answer, How, Row
from koor_provision.models.base import PersonId
from koor_provision.models.checklist import ChecklistRow, Item
from koor_provision.models.measured import Measured

NOT_LOOKED = "no server was looked at: name its inventory"
_LONGEST = 200


@dataclass(frozen=True)
class Filled:
    """A row, and the question that only a person can answer; None where nothing is to be asked."""

    row: ChecklistRow
    question: str | None = None


def by_machine(item: Item, row: Row, seen: Measured | None, who: PersonId, today: date) -> Filled:
    """Fill a row without a person.

    What is not proven is not done: a row that was not measured, or whose measure is bad, stays open with the reason.
    """
    if row.how is How.OPEN:
        return Filled(ChecklistRow(item=item.id, left_open=line(row.reason)))
    answer = row.measure(seen) if row.measure and seen else None
    if row.how is How.MEASURED and answer is None:
        return Filled(ChecklistRow(item=item.id, left_open=NOT_LOOKED))
    if answer is None:
        return Filled(ChecklistRow(item=item.id), row.reason or ASKED.reason)
    bad = _bad(item, answer)
    measured = ChecklistRow(item=item.id, measured=line(answer.text), left_open=line(bad) if bad else None)
    if bad:
        return Filled(measured)
    count = answer.count if item.limit is not None else None
    if row.how is How.MEASURED:
        return Filled(measured.model_copy(update={"done": True, "count": count, "by": who, "date": today}))
    return Filled(measured.model_copy(update={"count": count}), row.reason)


def _bad(item: Item, answer: Answer) -> str:
    if answer.good is False:
        return f"not as it should be: {answer.text}"
    if item.limit is not None and answer.count is not None and answer.count > item.limit:
        return f"{answer.count} are there, and the form allows {item.limit}"
    return ""


def line(text: str, longest: int = _LONGEST) -> str:
    """As much of a text as a document's line takes."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[: longest - 3]}..."
