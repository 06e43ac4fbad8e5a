"""Who has to sign which document of a case: what the rules ask, said before the gate is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from koor_provision.load.agreements import AGREEMENT
from koor_provision.load.case import ACCEPTANCE, CONFIRMATION, OFFER, TARGETS
from koor_provision.models.agreement import Agreement
from koor_provision.models.base import PersonId
from koor_provision.models.staff import Employee, Position, Staff
from koor_provision.rules.common import holds, senior_in_support


@dataclass(frozen=True)
class People:
    """Everybody who may have to sign, on the day of judgement."""

    agreement: Agreement
    staff: Staff
    today: date
    former: Agreement | None = None

    def ours(self, entitled: Callable[[Employee, date], bool]) -> tuple[PersonId, ...]:
        """Those of our people who are entitled today."""
        return tuple(entry.id for entry in self.staff.persons if entitled(entry, self.today))

    def authorised(self) -> tuple[PersonId, ...]:
        """The customer's authorised persons who have a key (R3)."""
        return tuple(person.id for person in self.agreement.authorised_persons if person.key)

    def changing(self) -> tuple[PersonId, ...]:
        """Who of them may sign the agreement itself: those whom its predecessor named, if it has one (R3)."""
        return tuple(person.id for person in (self.former or self.agreement).authorised_persons if person.key)

    def responsible(self) -> tuple[PersonId, ...]:
        """The customer's responsible for IT who have a key (R7)."""
        return tuple(person.id for person in self.agreement.responsible_for_it if person.key)


@dataclass(frozen=True)
class Signatory:
    """One signature that a document needs: of whom, and who of the people at hand that is.

    What is the `customers` to sign they may also approve by mail or on paper; `first` is asked of a first agreement.
    """

    who: str
    persons: Callable[[People], tuple[PersonId, ...]]
    customers: bool = False
    first: bool = False


def _manages_sales(entry: Employee, day: date) -> bool:
    return holds(entry, Position.SALES_MANAGER, day)


def _vouches(entry: Employee, day: date) -> bool:
    return holds(entry, Position.HOCS, day) or holds(entry, Position.CTO, day)


_CUSTOMER = Signatory("an authorised person of the customer", People.authorised, customers=True)
_CHANGING = Signatory(
    "an authorised person of the customer, of the former agreement if there is one", People.changing, customers=True
)
_SALES = Signatory("a sales manager", lambda people: people.ours(_manages_sales))
_FIRST = Signatory("the HOCS or the CTO", lambda people: people.ours(_vouches), first=True)
SIGNATORIES: dict[str, tuple[Signatory, ...]] = {
    AGREEMENT: (_CHANGING, _SALES, _FIRST),
    OFFER: (
        Signatory(
            "somebody entitled to estimate: a senior employee of Support & Service, its team leader or the HOCS",
            lambda people: people.ours(senior_in_support),
        ),
    ),
    ACCEPTANCE: (_CUSTOMER,),
    CONFIRMATION: (_SALES,),
    TARGETS: (
        Signatory(
            "an authorised person or the responsible for IT of the customer",
            lambda people: tuple(dict.fromkeys((*people.authorised(), *people.responsible()))),
            customers=True,
        ),
    ),
}
