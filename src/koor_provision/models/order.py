"""The way of an order: offer with estimate, the customer's acceptance, our confirmation, the targets (R3 to R7)."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import (
    Amount,
    Count,
    Day,
    Flag,
    HostName,
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
from koor_provision.models.training import ProgrammeName


class Estimate(Model):
    """Time, complexity and cost of one work (R4).

    `approved_by` and `approved` say who approved it and when; without them whoever signed the offer did, on its date.
    """

    hours: Amount
    complexity: Literal["low", "medium", "high"]
    cost_eur: Amount
    approved_by: PersonId | None = None
    approved: Day | None = None


class Work(Model):
    """What an offer holds besides the set-up: a data migration or a customisation (R4).

    A migration also defines data structure and strategy. What is missing here is R4a's to tell, not a malformed file.
    """

    work: Slug
    kind: Literal["data-migration", "customisation"]
    goals: Annotated[tuple[Paragraph, ...], Field(max_length=50)] = ()
    data_structure: Paragraph | None = None
    strategy: Paragraph | None = None
    estimate: Estimate | None = None


class Removal(Model):
    """A component that is to go from the server. What it kept there stays, unless `purge` orders that deleted too."""

    component: Slug
    purge: Flag = False


RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}\z")]
"""A run is called by its plan."""


class Undo(Model):
    """A run that is to be undone. What was made and changed since stays, unless `discard` gives it up."""

    run: RunId
    discard: Flag = False


class Offer(Document):
    """What we offer. A signature beneath it approves its estimates (R4b); `goals` and `estimate` are the set-up's.

    `training` names the programmes that are handed over with the software (R13).
    """

    KIND: ClassVar[str] = "offer"
    kind: Literal["offer"]
    offer: Reference
    revision: Count
    customer: Reference
    date: Day
    valid_until: Day
    goals: Annotated[tuple[Paragraph, ...], Field(max_length=50)] = ()
    components: Annotated[tuple[Component, ...], Field(max_length=30)] = ()
    removals: Annotated[tuple[Removal, ...], Field(max_length=30)] = ()
    estimate: Estimate | None = None
    works: Annotated[tuple[Work, ...], Field(max_length=20)] = ()
    training: Annotated[tuple[ProgrammeName, ...], Field(max_length=3)] = ()

    def estimates(self) -> tuple[tuple[str, Estimate], ...]:
        """Every estimate that there is, with its place in the document."""
        works = ((f"works, {work.work}, estimate", work.estimate) for work in self.works)
        return tuple((place, estimate) for place, estimate in (("estimate", self.estimate), *works) if estimate)


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
    removals: Annotated[tuple[Removal, ...], Field(max_length=30)] = ()
    engineer: PersonId


class Environment(StrEnum):
    """Kinds of environment that the policy tells apart (R7, R10)."""

    DEFAULT_IMAGE = "default-image"
    CUSTOM_VIRTUALISED = "custom-virtualised"
    PHYSICAL = "physical"


class Target(Model):
    """One server of the customer, by the name that inventories and plans use."""

    name: HostName
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
