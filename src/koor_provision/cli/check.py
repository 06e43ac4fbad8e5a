"""`koor-provision check`: the gate alone."""

from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.options import company_of, company_option, engineer_option
from koor_provision.errors import Exit
from koor_provision.gate.decision import Refused
from koor_provision.gate.judge import judge
from koor_provision.load.case import load_case
from koor_provision.load.company import load_company
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.report import text as as_text
from koor_provision.rules.registry import TITLES


@click.command(name="check")
@click.argument("cases", metavar="CASE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@company_option
@engineer_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
def command(cases: tuple[Path, ...], company: Path | None, engineer: str | None, form: str) -> int:
    """Judge each CASE against the policy's rules, without touching any server.

    Exits with 0 if all are admitted, with 1 if one is refused.
    """
    now = datetime.now(UTC)
    folders = {case: company_of(case, company) for case in cases}
    companies = {folder: load_company(folder, now.date()) for folder in dict.fromkeys(folders.values())}
    scopes = load_scopes(share() / "roles")
    decisions = [
        judge(load_case(case, *companies[folders[case]], scopes, engineer=engineer, now=now)[0]) for case in cases
    ]
    if form == "json":
        from koor_provision.report import json as as_json  # noqa: PLC0415  # people do not wait for what programs need

        click.echo(as_json.decisions(decisions))
    else:
        click.echo("\n\n".join(as_text.decision(decision, TITLES, name=decision.case.name) for decision in decisions))
    return Exit.REFUSED if any(isinstance(decision, Refused) for decision in decisions) else Exit.DONE
