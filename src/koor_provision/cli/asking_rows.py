"""Asking a person about rows of a form: whether, how many, who and when."""

from datetime import date

import click
from pydantic import ValidationError

from koor_provision.forms.fill import line
from koor_provision.models.base import PersonId
from koor_provision.models.checklist import ChecklistRow, Item
from koor_provision.models.staff import Staff
from koor_provision.models.text import shown


def ask_row(item: Item, row: ChecklistRow, question: str, who: PersonId, today: date, staff: Staff) -> ChecklistRow:
    """What a person says about one row; who says no leaves it open."""
    if not click.confirm(f"  Done? ({question})", default=False):
        reason = click.prompt("  Why not", default="not done yet")
        return row.model_copy(update={"left_open": line(reason)})
    changes: dict[str, object] = {"done": True, "left_open": None}
    if item.limit is not None and row.count is None:
        changes["count"] = click.prompt(f"  How many (at most {item.limit})", type=click.IntRange(0, item.limit))
    changes["by"], changes["date"] = _who_and_when(who, today, staff)
    remark = click.prompt("  Remark", default="", show_default=False)
    if remark:
        changes["remark"] = line(remark)
    try:
        return ChecklistRow.model_validate({**row.model_dump(), **changes})
    except ValidationError as error:
        click.echo(f"  {shown(str(error.errors()[0]['msg']))}; once more")
        return ask_row(item, row, question, who, today, staff)


def _who_and_when(who: PersonId, today: date, staff: Staff) -> tuple[PersonId, date]:
    while True:
        person = click.prompt("  By whom", default=who)
        text = click.prompt("  When", default=str(today))
        try:
            day = date.fromisoformat(text)
        except ValueError:
            click.echo("  write the day as 2026-01-31")
            continue
        entry = staff.find(person)
        if entry is None or not entry.employed(day):
            click.echo(f"  {shown(person)} did not work here on {day}")
        elif day > today:
            click.echo("  that day is still to come")
        else:
            return person, day
