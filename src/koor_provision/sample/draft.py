"""A case's documents from the templates, filled as far as the values are known; nothing is signed here."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Template

from koor_provision.errors import InputError
from koor_provision.models.base import PublicKey
from koor_provision.models.text import TO_FILL_IN
from koor_provision.write import write_whole

TEMPLATES = Path(__file__).parent / "templates"
DOCUMENTS = ("agreement.yml", "offer.yml", "acceptance.yml", "confirmation.yml", "targets.yml")
_PLAIN = re.compile(
    r"[A-Za-z]([A-Za-z0-9 ,'._/@+-]*[A-Za-z0-9._/@+-])?|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9a-f]{64}", re.ASCII
)
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True)
class Person:
    """Somebody of the customer's."""

    id: str
    name: str
    email: str
    key: PublicKey | None = None


@dataclass(frozen=True)
class Paper:
    """A signed paper: version, day and digest."""

    version: str
    signed: str
    sha256: str


@dataclass(frozen=True)
class Order:
    """What is known of a customer's order. What is None is left to be filled in; see the models for the forms."""

    customer: str | None = None
    customer_name: str | None = None
    agreed: str | None = None
    policy: Paper | None = None
    agreement: Paper | None = None
    authorised: tuple[Person, ...] = ()
    responsible: tuple[Person, ...] = ()
    offer: str | None = None
    offer_date: str | None = None
    offer_valid_until: str | None = None
    goals: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    hours: str | None = None
    complexity: str | None = None
    cost_eur: str | None = None
    order: str | None = None
    engineer: str | None = None
    hosts: tuple[tuple[str, str], ...] = ()
    accepted: str | None = None
    confirmed: str | None = None
    sha_offer: str | None = None
    sha_acceptance: str | None = None


_BLANKS = {
    "customer": "our number of the customer",
    "customer_name": "the customer's name",
    "agreed": "the day from which the agreement holds",
    "offer": "the number of the offer",
    "offer_date": "the day of the offer",
    "offer_valid_until": "the last day of the offer",
    "hours": "the hours that it takes",
    "complexity": "low, medium or high",
    "cost_eur": "what it costs",
    "order": "the number of the order confirmation",
    "engineer": "the id of the engineer in our staff register",
    "accepted": "the day of the acceptance",
    "confirmed": "the day of the confirmation",
    "sha_offer": "the digest of offer.yml",
    "sha_acceptance": "the digest of acceptance.yml",
}


def blank(what: str) -> str:
    """What stands in a document for something that is still to be entered: in quotes, and valid for no field."""
    return f'"{TO_FILL_IN} {what}>"'


def scalar(text: str) -> str:
    """A text as YAML: plain where no reader could take it for anything else, quoted elsewhere."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def fill(template: str, values: dict[str, str]) -> str:
    """The text of a template, such as `case/offer.yml`."""
    text = Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)
    return text.replace(": \n", ":\n")  # before a list, which has lines of its own


def values_of(order: Order) -> dict[str, str]:
    """The values for the templates of a case."""
    plain = {
        name: str(value) if name in {"hours", "cost_eur"} else scalar(value)
        for name in _BLANKS
        if (value := getattr(order, name)) is not None
    }
    first = order.authorised[0].id if order.authorised else None
    return {
        **{name: blank(what) for name, what in _BLANKS.items()},
        **plain,
        **_paper("policy", order.policy, first, "the Customer Data Protection Policy"),
        **_paper("agreement", order.agreement, first, "the Customer Service Agreement"),
        "authorised_persons": _block(_person(one) for one in order.authorised or (_NOBODY,)),
        "responsible_for_it": _block(map(_person, order.responsible)),
        "goals": _block([scalar(goal)] for goal in order.goals) if order.goals else _block([[blank("what is wanted")]]),
        "components": ", ".join(order.components),
        "offered": _block([f"component: {name}"] for name in order.components),
        "hosts": _block(
            [f"name: {scalar(name)}", f"environment: {environment}"]
            for name, environment in order.hosts or ((f"{TO_FILL_IN} the name of the server>", "default-image"),)
        ),
    }


_NOBODY = Person(*(f"{TO_FILL_IN} {what}>" for what in ("an id for them", "their name", "their address", "their key")))


def _paper(prefix: str, paper: Paper | None, signer: str | None, title: str) -> dict[str, str]:
    return {
        f"{prefix}_version": scalar(paper.version) if paper else blank(f"the version of {title}"),
        f"{prefix}_signed": paper.signed if paper else blank("the day on which it was signed"),
        f"{prefix}_signed_by": scalar(signer) if signer else blank("the id of who signed it"),
        f"{prefix}_sha": paper.sha256 if paper else blank("the digest of the paper"),
    }


def _person(person: Person) -> list[str]:
    lines = [f"id: {scalar(person.id)}", f"name: {scalar(person.name)}", f"email: {scalar(person.email)}"]
    return [*lines, f"key: {scalar(person.key)}"] if person.key else lines


def _block(items: Iterable[list[str]]) -> str:
    """A list, each element of which has one or several lines."""
    return "".join("\n  - " + "\n    ".join(lines) for lines in items) or "[]"


def write_draft(folder: Path, order: Order) -> None:
    """Write the five documents of a case.

    Raises:
        InputError: the folder holds something, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        occupied = any(folder.iterdir())
    except OSError as error:
        raise InputError(
            f"cannot be made: {error.strerror}", where=str(folder), hint="name a new folder for the case"
        ) from error
    if occupied:
        raise InputError("is not empty", where=str(folder), hint="name a new folder; nothing is ever overwritten")
    values = values_of(order)
    for document in DOCUMENTS:
        write_whole(folder / document, fill(f"case/{document}", values).encode())
