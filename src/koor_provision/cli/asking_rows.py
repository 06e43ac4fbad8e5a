"""Asking a person about rows of a form: whether, how many, who and when."""

from datetime import date

import click
from pydantic import ValidationError

from koor_provision.errors import InputError
from koor_provision.forms.fill import line
from koor_provision.forms.said import Said
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


def said_row(item: Item, row: ChecklistRow, said: Said, who: PersonId, today: date, staff: Staff) -> ChecklistRow:
    """What a file says about one row, held against the same as what a person says.

    Raises:
        InputError: it is not possible.
    """
    if not said.done:
        return row.model_copy(update={"left_open": line(said.why_not or "not done yet")})
    person, day = said.by or who, said.date or today
    count = row.count if row.count is not None else said.count
    problem = _impossible(person, day, today, staff)
    if item.limit is not None and (count is None or count > item.limit):
        problem = f"needs a count, at most {item.limit}"
    if problem:
        raise InputError(problem, where=f"--answers, rows, {item.id}", hint="correct the file; nothing was written")
    changes = {"done": True, "left_open": None, "by": person, "date": day, "remark": said.remark}
    return row.model_copy(update={**changes, "count": count if item.limit is not None else None})


def _impossible(person: PersonId, day: date, today: date, staff: Staff) -> str:
    entry = staff.find(person)
    if entry is None or not entry.employed(day):
        return f"{shown(person)} did not work here on {day}"
    return "that day is still to come" if day > today else ""


def _who_and_when(who: PersonId, today: date, staff: Staff) -> tuple[PersonId, date]:
    while True:
        person = click.prompt("  By whom", default=who)
        if staff.find(person) is None:
            click.echo(f"  {shown(person)} is nobody of ours: name them as company/staff.yml does")
            continue
        day = _day(today)
        problem = _impossible(person, day, today, staff)
        if not problem:
            return person, day
        click.echo(f"  {problem}")


def _day(today: date) -> date:
    while True:
        try:
            return date.fromisoformat(click.prompt("  When", default=str(today)))
        except ValueError:
            click.echo("  write the day as 2026-01-31")
