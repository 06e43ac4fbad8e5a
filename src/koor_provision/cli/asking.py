"""Asks at a terminal what only people know of a validation."""

from collections.abc import Mapping

import click
from pydantic import ValidationError

from koor_provision.validation.answers import JUDGED, QUESTIONS, Answer, Form, missing


def ask_missing(answers: Mapping[str, Answer], form: Form) -> dict[str, Answer]:
    """The answers, with those that were missing."""
    found = dict(answers)
    left = missing(found, form)
    if left:
        click.echo(f"{len(left)} answers for the record; how one can see that it is so is the evidence.", err=True)
    for number, name in enumerate(left, 1):
        click.echo(f"\n{click.style(f'{number}/{len(left)}', bold=True)} {QUESTIONS[name]}", err=True)
        while True:
            try:
                found[name] = _ask(name, found.get(name))
                break
            except ValidationError as error:
                click.echo(f"  {error.errors()[0]['msg']}", err=True)
    return found


def _ask(name: str, before: Answer | None) -> Answer:
    given = before.model_dump(exclude_none=True) if before else {}
    result = given.get("result") or click.prompt("  answer", err=True)
    evidence = given.get("evidence") or click.prompt("  evidence", err=True)
    data = {**given, "result": result, "evidence": evidence}
    if name in JUDGED and "passed" not in given:
        data["passed"] = click.confirm("  passed?", err=True)
    return Answer.model_validate(data)
