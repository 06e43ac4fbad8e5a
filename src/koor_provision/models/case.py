"""Everything that the rules look at, in one place; they have no clock, no file and no network of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from koor_provision.models.agreement import Agreement
from koor_provision.models.base import PersonId, Sha256
from koor_provision.models.checklist import Checklist, InstallChecklist
from koor_provision.models.components import Component
from koor_provision.models.documents import Signed
from koor_provision.models.exception import ExceptionGrant
from koor_provision.models.order import Acceptance, Confirmation, Offer, Removal, Targets, Undo
from koor_provision.models.policy import CompanyPolicy
from koor_provision.models.remembered import Remembered, Seen
from koor_provision.models.scope import Scope
from koor_provision.models.software import ApprovedSoftware, ValidationRecord
from koor_provision.models.staff import Staff
from koor_provision.models.word import Addition, Used, Word, all_used

if TYPE_CHECKING:  # `check` judges no plan, and starts without building these models
    from koor_provision.models.attendance import Attendance
    from koor_provision.models.facts import Facts
    from koor_provision.models.image import ImagePlan
    from koor_provision.models.plan import Plan


class RecordOnFile(NamedTuple):
    """A validation record that lies beside the approved list."""

    content: ValidationRecord
    sha256: Sha256


@dataclass(frozen=True)
class Company:
    """Our own documents. Staff register and revocations are proven before this exists; R9 and R12 judge the others.

    Attributes:
        versions: of every document here that is signed by whom it must be, by its kind: what is to be remembered.
        remembered: what this machine knew before.
        sample: whether `koor-provision sample` wrote it: everybody's keys lie beside it, so it proves nothing.
    """

    staff: Signed[Staff]
    software: Signed[ApprovedSoftware]
    records: Mapping[str, RecordOnFile]
    inputs: Mapping[str, Sha256]
    policy: Signed[CompanyPolicy]
    install_checklist: Signed[InstallChecklist] | None = None
    versions: Mapping[str, Seen] = field(default_factory=dict)
    remembered: Remembered = field(default_factory=lambda: Remembered(frozenset()))
    sample: bool = False


@dataclass(frozen=True)
class Case:
    """One order of one customer, with the company's documents, the engineer and the moment of judgement.

    Attributes:
        name: the case folder's name.
        engineer: who is going to do it.
        now: aware, read once by the command line.
        scopes: the contract of every role that we have.
        inputs: file name to SHA-256 of every document that was read.
        former: the agreements before the present one, the first one first.
        words: what the customer said by mail and on paper.
        additions: what was ordered after the offer.
        agreement_before: the customer's agreement that this machine saw before; None if it saw none.
        texts: what stands in every file of the case that is a text, comments too, by its name.
        strays: names in the case folder of which nobody knows what they are.
        removal: what the engineer asks to take out; None where the order is to be installed.
        undo: which run of this order the engineer asks to undo.
    """

    name: str
    agreement: Signed[Agreement]
    offer: Signed[Offer]
    acceptance: Signed[Acceptance]
    confirmation: Signed[Confirmation]
    targets: Signed[Targets]
    company: Company
    scopes: Mapping[str, Scope]
    engineer: PersonId
    now: datetime
    inputs: Mapping[str, Sha256]
    former: tuple[Signed[Agreement], ...] = ()
    words: tuple[Word, ...] = ()
    additions: tuple[Signed[Addition], ...] = ()
    exception: Signed[ExceptionGrant] | None = None
    checklist: Signed[Checklist] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    agreement_before: Seen | None = None
    removal: Removal | None = None
    undo: Undo | None = None

    @property
    def agreement_seen(self) -> tuple[Sha256, Seen]:
        """What stands for the customer in this machine's memory, and the agreement to remember."""
        agreement = self.agreement
        mark = self.company.remembered.customer_mark(agreement.content.customer)
        return mark, Seen(version=agreement.content.version, sha256=agreement.sha256)

    @property
    def used(self) -> tuple[Used, ...]:
        """The mails and papers that serve this order, and may serve no other."""
        return all_used(self.words, self.agreement.content.customer, self.offer.content.offer)

    @property
    def components(self) -> tuple[Component, ...]:
        """What was offered, and what was asked for afterwards, with the options of each."""
        return (*self.offer.content.components, *self.added)

    @property
    def added(self) -> tuple[Component, ...]:
        """What was asked for after the offer."""
        return tuple(component for addition in self.additions for component in addition.content.components)

    @property
    def ordered(self) -> tuple[str, ...]:
        """The names of what is to be installed: what the confirmation lists, and the additions."""
        return (*self.confirmation.content.components, *(component.component for component in self.added))

    @property
    def named(self) -> tuple[str, ...]:
        """The names of all that was offered or ordered."""
        return (*(component.component for component in self.offer.content.components), *self.ordered)

    @property
    def going(self) -> tuple[str, ...]:
        """The names of what the offer takes out."""
        return tuple(one.component for one in self.offer.content.removals)

    @property
    def offered_in(self) -> str:
        """The file with the components' options."""
        return self.offer.file

    @property
    def ordered_in(self) -> str:
        """The file with the names of what is to be installed."""
        return self.confirmation.file

    @property
    def today(self) -> date:
        """The day of judgement (UTC, like every day in our documents)."""
        return self.now.date()


@dataclass(frozen=True)
class ImageCase:
    """An image that is to be built, ordered by no customer: what is judged is whether its software is approved.

    Attributes:
        components: what the spec names, with the options of each.
        file: the spec's name as the user knows it.
        inputs: file name to SHA-256 of the spec and of every company document.
    """

    components: tuple[Component, ...]
    file: str
    company: Company
    scopes: Mapping[str, Scope]
    now: datetime
    inputs: Mapping[str, Sha256]

    @property
    def ordered(self) -> tuple[str, ...]:
        """The names of what is to be installed."""
        return tuple(component.component for component in self.components)

    @property
    def named(self) -> tuple[str, ...]:
        """The same: nothing is offered without being ordered."""
        return self.ordered

    @property
    def going(self) -> tuple[str, ...]:
        """Nothing is taken out of an image."""
        return ()

    @property
    def undo(self) -> None:
        """No run is taken back."""
        return

    @property
    def offered_in(self) -> str:
        """The spec."""
        return self.file

    @property
    def ordered_in(self) -> str:
        """The spec."""
        return self.file

    @property
    def today(self) -> date:
        """The day of judgement (UTC)."""
        return self.now.date()


Judged = Case | ImageCase
"""What R8 and R9 judge."""


@dataclass(frozen=True)
class Proposal:
    """A plan that waits for the gate's second look: with the facts it was made from, and who signed it so far.

    Attributes:
        sha256: digest of the plan's bytes as they are signed; empty before there are any.
        attendance: what the customer's responsible for IT put on the target (R7), if anything.
        former: the plan of the run that is to be undone, proven to be what was signed.
    """

    plan: "Plan"
    facts: "Facts"
    signers: frozenset[PersonId]
    sha256: Sha256 = ""
    attendance: "Attendance | None" = None
    former: "Plan | None" = None


@dataclass(frozen=True)
class ImageProposal:
    """The plan of an image, with the facts of the container that it was made from."""

    plan: "ImagePlan"
    facts: "Facts"
