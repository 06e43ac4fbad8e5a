"""`koor-provision case status`: how far a case has come, and what is next."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.options import company_of, company_option
from koor_provision.cli.trusted import open_company
from koor_provision.errors import InputError
from koor_provision.guide.digests import DIGESTS, enter
from koor_provision.guide.steps import State, Step, Surroundings, steps
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.text import shown

_LOOK = {State.DONE: "green", State.NEXT: "yellow", State.LATER: "bright_black"}


@click.command(name="status")
@click.argument("case", type=click.Path(path_type=Path))
@company_option
@click.option("--write", is_flag=True, help="Enter the digests that the next document holds of those before it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(case: Path, company: Path | None, form: str, *, write: bool) -> None:
    """Show the steps of CASE: what is done, which is next, who takes it, and the command.

    With --write, the digest of the offer is entered in the acceptance, and those of both in the confirmation, as soon
    as the document before is signed; with today's day (UTC) where none stands there yet.
    """
    now = datetime.now(UTC)
    folder = company_of(case, company)
    opened = open_company(folder, now)
    around = Surroundings(folder, opened.company, opened.keyring, load_scopes(share() / "roles"), now)
    found = steps(case, around)
    if write:
        entered = _enter(case, found, now)
        found = steps(case, around)
        click.echo(f"entered: {', '.join(entered)}" if entered else "nothing to enter yet", err=True)
    if form == "json":
        click.echo(json.dumps([asdict(step) for step in found], indent=2))
    else:
        click.echo("\n".join(_lines(found)))


def _enter(case: Path, found: tuple[Step, ...], now: datetime) -> list[str]:
    step = next((step for step in found if step.state is State.NEXT), None)
    if step is None or step.name not in DIGESTS:
        return []
    try:
        return [f"{step.name}, {field}" for field in enter(case, step.name, now.date())]
    except InputError as error:
        error.where = str(case / error.where)
        raise


def _lines(found: tuple[Step, ...]) -> list[str]:
    lines = []
    for number, step in enumerate(found, 1):
        state = click.style(f"{step.state.value:<5}", fg=_LOOK[step.state], bold=step.state is State.NEXT)
        lines.append(f"{number}  {step.name.removesuffix('.yml'):<13} {state}  {shown(step.why)}")
        if step.state is State.NEXT:
            lines += [f"      who:  {shown(step.who)}"] * bool(step.who) + [f"      do:   {shown(step.command)}"]
    return lines
