"""`koor-provision case new`: the documents of a case, to be filled in and signed."""

import re
import shlex
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from koor_provision.errors import InputError
from koor_provision.load.files import read
from koor_provision.models.components import ROLE_OF
from koor_provision.models.order import Environment
from koor_provision.models.text import shown
from koor_provision.sample.draft import Order, Paper, Person, write_draft
from koor_provision.trust.signing import public_key

_OPEN = 30
"""Days for which an offer is open, unless its file says otherwise."""
DEFAULT_OFFER = ("php", "apache", "mariadb")
"""What an offer includes by default (policy, 'Software installation and configuration')."""
_PAPER_BYTES = 64 * 1024 * 1024
_QUESTIONS = {
    "customer": "Our number of the customer",
    "customer_name": "The customer's name",
    "offer": "Number of the offer",
    "order": "Number of the order confirmation",
    "engineer": "Id of the engineer in our staff register",
    "hours": "Hours that it takes",
    "complexity": "Complexity: low, medium or high",
    "cost_eur": "Cost in EUR",
}


def _number(text: str) -> str:
    """A number as documents write it.

    Raises:
        InputError: it is none.
    """
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,4})?", text, re.ASCII):
        raise InputError(f"'{text}' is no number", hint="write it as 12.50")
    return text


_persons: dict[str, Any] = {"nargs": 4, "multiple": True, "metavar": "ID NAME EMAIL KEY"}
_paper: dict[str, Any] = {"nargs": 3, "metavar": "VERSION DAY FILE"}


@click.command(name="new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--customer", help="Our number of the customer.")
@click.option("--name", "customer_name", help="The customer's name.")
@click.option("--policy", **_paper, help="The signed Data Protection Policy (R1); of FILE only the digest is kept.")
@click.option("--agreement", **_paper, help="The signed Customer Service Agreement (R2).")
@click.option(
    "--authorised",
    **_persons,
    help="Who may order (R3); KEY is a .pub file, or - for none. The first one signed the papers.",
)
@click.option("--responsible-for-it", "responsible", **_persons, help="Who takes part in custom environments (R7).")
@click.option("--offer", help="Number of the offer.")
@click.option("--goal", "goals", multiple=True, help="What is to be reached (R4a).")
@click.option(
    "--component",
    "components",
    multiple=True,
    type=click.Choice(list(ROLE_OF)),
    help="What is ordered (R5). Default: php, apache and mariadb.",
)
@click.option("--hours", help="Hours that it takes.")
@click.option("--complexity", type=click.Choice(["low", "medium", "high"]))
@click.option("--cost", "cost_eur", help="Cost in EUR.")
@click.option("--order", help="Number of the order confirmation.")
@click.option("--engineer", help="Who does it (R6), by the id in our staff register.")
@click.option("--host", "hosts", multiple=True, help="Name of a server, as in the inventory.")
@click.option("--environment", type=click.Choice([kind.value for kind in Environment]), default="default-image",
              show_default=True, help="What kind of server it is (R7).")  # fmt: skip
def command(folder: Path, environment: str, **given: Any) -> None:  # noqa: ANN401  # one value an option
    """Write the documents of a new case into DIR: agreement, offer, acceptance, confirmation and targets.

    On a terminal you are asked for what the options do not say. What stays open is marked `<fill in ...>` in the
    documents, which explain themselves. Then `koor-provision case status DIR` leads on, step by step.

    \b
      koor-provision case new bakery --customer 4711 --order A-1 --component php --component apache --component mariadb
    """  # noqa: D301
    given |= {name: _paper_of(given[name]) for name in ("policy", "agreement")}
    given |= {name: tuple(_person(*values) for values in given[name]) for name in ("authorised", "responsible")}
    given |= _asked(given) if sys.stdin.isatty() else {}
    given |= {name: _number(given[name]) for name in ("hours", "cost_eur") if given[name]}
    given["components"] = given["components"] or DEFAULT_OFFER
    given["hosts"] = tuple((host, environment) for host in given["hosts"])
    today = datetime.now(UTC).date()
    order = Order(
        **given,
        agreed=today.isoformat(),
        offer_date=today.isoformat(),
        offer_valid_until=(today + timedelta(days=_OPEN)).isoformat(),
    )
    write_draft(folder, order)
    click.echo(f"written: {shown(str(folder))}/ with agreement, offer, acceptance, confirmation and targets")
    click.echo(f"next: koor-provision case status {shown(shlex.quote(str(folder)))}")


def _paper_of(values: tuple[str, str, str] | None) -> Paper | None:
    if values is None:
        return None
    version, day, file = values
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise InputError(f"'{day}' is no day", hint="write it as 2026-01-31") from error
    return Paper(version, day, read(Path(file), file, limit=_PAPER_BYTES, hint="name the signed paper's file").sha256)


def _person(identity: str, name: str, email: str, key: str) -> Person:
    return Person(identity, name, email, None if key == "-" else public_key(Path(key)))


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """What somebody at the terminal answers to questions about what no option says; an empty answer leaves it open."""
    click.echo("Press Enter to leave something to be filled in later.", err=True)
    answers: dict[str, Any] = {}
    for name, question in _QUESTIONS.items():
        if given[name] is None:
            answers[name] = click.prompt(question, default="", show_default=False, err=True).strip() or None
    if not given["components"]:
        choice = click.prompt("Components", default=" ".join(DEFAULT_OFFER), err=True)
        answers["components"] = tuple(name for name in choice.replace(",", " ").split())
        for name in set(answers["components"]) - ROLE_OF.keys():
            raise InputError(f"there is no component '{name}'", hint=f"choose from: {', '.join(ROLE_OF)}")
    for name, question in (("goals", "What is to be reached"), ("hosts", "Name of the server")):
        if not given[name] and (answer := click.prompt(question, default="", show_default=False, err=True).strip()):
            answers[name] = (answer,)
    return answers
