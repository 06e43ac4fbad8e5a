"""The base of all models, and the types of their fields.

Every leaf that comes from a document is a string (see `load.strict_yaml`); the types here turn it into what it must be.
Identifiers are ASCII, so that no look-alike letter can stand in for another; text for people may hold any letter, but
nothing that Ansible or Jinja would take for a template, and no control characters.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from koor_provision.models.text import TO_FILL_IN, hidden

TEMPLATE_MARKS = ("{{", "{%", "{#")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?", re.ASCII)


class Model(BaseModel):
    """A frozen model that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


def _plain(text: str, allowed_controls: str) -> str:
    if any(mark in text for mark in TEMPLATE_MARKS):
        raise ValueError("must not contain template marks: {{ {% {#")
    if TO_FILL_IN in text:
        raise ValueError("is still to be filled in")
    if letter := hidden(text, allowed_controls):
        raise ValueError(f"must not contain the invisible character U+{ord(letter):04X}")
    if not any(letter.isalnum() for letter in text):
        raise ValueError("says nothing")
    return text


def _line(text: str) -> str:
    return _plain(text, "")


def _paragraph(text: str) -> str:
    return _plain(text, "\n")


def _flag(value: object) -> object:
    if isinstance(value, str):
        if value not in {"true", "false"}:
            raise ValueError("must be true or false")
        return value == "true"
    return value


def _written_as(pattern: re.Pattern[str], form: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if isinstance(value, str) and not pattern.fullmatch(value):
            raise ValueError(f"must be written as {form}")
        return value

    return check


Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_line)]
Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(_paragraph)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,47}\z")]
"""An identifier of a person, a host or a component."""


def _one_host(name: str) -> str:
    if name in {"all", "ungrouped"}:
        raise ValueError("is no host: to Ansible it means several")
    return name


HostName = Annotated[Slug, AfterValidator(_one_host)]
"""A host by the name that orders, inventories and plans use."""
PersonId = Slug
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}\z")]
"""A number that the business gave: customer, offer, order."""
Email = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\z", max_length=254)
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^SHA256:[A-Za-z0-9+/]{43}\z")]
"""An SSH key's fingerprint, as `ssh-keygen -l` prints it."""
PublicKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9@.-]{4,64} [A-Za-z0-9+/]{16,}={0,2}\z", max_length=4163)]
"""An SSH public key without comment: type and base64."""
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[date, BeforeValidator(_written_as(_DAY, "a day such as 2026-01-31"))]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_as(_MOMENT, "a moment such as 2026-01-31T08:00:00Z"))]
Amount = Annotated[Decimal, BeforeValidator(_written_as(_NUMBER, "a number such as 12.50")), Field(ge=0)]
Count = Annotated[int, BeforeValidator(_written_as(re.compile(r"[0-9]{1,9}", re.ASCII), "a whole number")), Field(ge=0)]
