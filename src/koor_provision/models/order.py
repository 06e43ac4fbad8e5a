"""The way of an order: offer with estimate, the customer's acceptance, our confirmation, the targets (R3 to R7)."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import (
    Amount,
    Count,
    Day,
    Flag,
    Line,
    Model,
    Paragraph,
    PersonId,
    PublicKey,
    Reference,
    Sha256,
    Slug,
)
from koor_provision.models.components import Component
from koor_provision.models.documents import Document


class Estimate(Model):
    """Time, complexity and cost of the work (R4)."""

    hours: Amount
    complexity: Literal["low", "medium", "high"]
    cost_eur: Amount


class Offer(Document):
    """What we offer. A signature beneath it approves its estimate (R4b)."""

    KIND: ClassVar[str] = "offer"
    kind: Literal["offer"]
    offer: Reference
    revision: Count
    customer: Reference
    date: Day
    valid_until: Day
    goals: Annotated[tuple[Paragraph, ...], Field(max_length=50)] = ()
    components: Annotated[tuple[Component, ...], Field(max_length=30)] = ()
    estimate: Estimate | None = None


class Acceptance(Document):
    """The customer's binding yes to exactly one revision of an offer."""

    KIND: ClassVar[str] = "acceptance"
    kind: Literal["acceptance"]
    customer: Reference
    offer: Reference
    revision: Count
    offer_sha256: Sha256
    accepted: Day
    binding: Flag


class Confirmation(Document):
    """Our order confirmation, approved by a sales manager: from here on there is something to install."""

    KIND: ClassVar[str] = "confirmation"
    kind: Literal["confirmation"]
    order: Reference
    customer: Reference
    offer: Reference
    offer_sha256: Sha256
    acceptance_sha256: Sha256
    confirmed: Day
    components: Annotated[tuple[Slug, ...], Field(max_length=30)] = ()
    engineer: PersonId


class Environment(StrEnum):
    """Kinds of environment that the policy tells apart (R7, R10)."""

    DEFAULT_IMAGE = "default-image"
    CUSTOM_VIRTUALISED = "custom-virtualised"
    PHYSICAL = "physical"


class Target(Model):
    """One server of the customer, by the name that inventories and plans use."""

    name: Slug
    environment: Environment
    ssh_host_key: PublicKey | None = None
    note: Line | None = None


class Targets(Document):
    """Where the order is to be installed. Signed by the customer."""

    KIND: ClassVar[str] = "targets"
    kind: Literal["targets"]
    customer: Reference
    order: Reference
    hosts: Annotated[tuple[Target, ...], Field(max_length=50)] = ()
