"""`koor-provision check`: the gate alone."""

import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision import __version__
from koor_provision.cli.folders import case_folders
from koor_provision.cli.judging import Bench, judge_all
from koor_provision.cli.options import company_option, engineer_option
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.text import shown
from koor_provision.report import text as as_text
from koor_provision.report.answer import Answer
from koor_provision.rules.registry import TITLES

_PATIENCE = 1.0
"""Seconds after which somebody at a terminal wants to see that it goes on."""


@click.command(name="check")
@click.argument("cases", metavar="CASE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@company_option
@engineer_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit", "sarif"]),
    default="text",
    show_default=True,
    help="For people; for programs; for the table of tests or the findings of a CI system.",
)
def command(cases: tuple[Path, ...], company: Path | None, engineer: str | None, form: str) -> int:
    """Judge each CASE against the policy's rules, without touching any server.

    CASE is a case folder, a folder with case folders below it, or a pattern in quotes. Many are judged side by side;
    one that cannot be read does not keep the others from being judged.

    \b
      koor-provision check /tmp/sample/cases/default-offer
      koor-provision check /srv/cases --format junit > report.xml

    \b
    Exits with the worst of: 0 all are admitted, 1 one is refused, 2 one could not be read.
    """  # noqa: D301
    folders = case_folders(cases)
    bench = Bench(load_scopes(share() / "roles"), company, engineer, datetime.now(UTC))
    answers = bench.settle(list(_watched(judge_all(bench, folders), len(folders))))
    code = max(answer.exit_code for answer in answers)
    if form == "text" and len(answers) == 1 and answers[0].problem:
        _say_problem(answers[0], named=False)
        return code
    click.echo(_report(answers, form))
    if form != "text":  # whoever reads a log finds there what the report says too
        for answer in answers:
            _say_problem(answer, named=len(answers) > 1)
    return code


def _report(answers: Sequence[Answer], form: str) -> str:
    # People do not wait for what programs need.
    if form == "json":
        from koor_provision.report import json as as_json  # noqa: PLC0415

        return as_json.answers(answers)
    if form == "junit":
        from koor_provision.report import junit as as_junit  # noqa: PLC0415

        return as_junit.answers(answers, TITLES)
    if form == "sarif":
        from koor_provision.cli.places import place_of  # noqa: PLC0415
        from koor_provision.report import sarif as as_sarif  # noqa: PLC0415

        return as_sarif.answers(answers, TITLES, place_of, __version__)
    return as_text.answers(answers, TITLES)


def _say_problem(answer: Answer, *, named: bool) -> None:
    if answer.problem is None:
        return
    message, where, hint, _ = answer.problem
    place = ": ".join(part for part in (answer.path if named else "", where, message) if part)
    click.echo(f"{click.style('error', fg='red', bold=True)}: {shown(place)}", err=True)
    click.echo(f"  to do: {shown(hint)}", err=True)


def _watched(answers: Iterable[Answer], total: int) -> Iterable[Answer]:
    """The answers; on a terminal, with a line that counts them when it lasts."""
    if not sys.stderr.isatty():
        yield from answers
        return
    told = time.monotonic() + _PATIENCE - 0.1
    counting = False
    for number, answer in enumerate(answers, 1):
        if time.monotonic() - told >= 0.1:  # noqa: PLR2004  # ten times a second is what an eye can follow
            told, counting = time.monotonic(), True
            click.echo(f"\r{number} of {total} cases judged", err=True, nl=False)
        yield answer
    if counting:
        click.echo("\r\x1b[K", err=True, nl=False)
