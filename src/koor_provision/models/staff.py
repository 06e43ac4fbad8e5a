"""The staff register: who works for us, where, as what and since when (R4, R6, R9, R12)."""

from collections import Counter
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from koor_provision.models.base import Day, Fingerprint, Line, Model, PersonId
from koor_provision.models.documents import CompanyDocument, Document

SENIOR_YEARS = 3
"""More than this many years *in the Support & Service department* make a senior employee (R4)."""


class Department(StrEnum):
    """Departments as the policy names them."""

    SUPPORT = "support-and-service"
    SALES = "sales"
    MANAGEMENT = "management"
    OTHER = "other"


class Position(StrEnum):
    """Positions that the policy gives rights to, and the plain employee."""

    CTO = "cto"
    HOCS = "hocs"
    TEAM_LEADER = "team-leader"
    SALES_MANAGER = "sales-manager"
    EMPLOYEE = "employee"


class Employee(Model):
    """One of us. `since` is the first day in the present department and position."""

    id: PersonId
    name: Line
    department: Department
    position: Position
    since: Day
    left: Day | None = None
    keys: Annotated[tuple[Fingerprint, ...], Field(max_length=8)] = ()

    def employed(self, day: date) -> bool:
        """Whether this person worked here on that day."""
        return self.since <= day and (self.left is None or day < self.left)

    def senior(self, day: date) -> bool:
        """More than three years in Support & Service on that day: the anniversary itself is not yet more."""
        years = day.year - self.since.year
        had_anniversary = (day.month, day.day) > (self.since.month, self.since.day)
        return self.department is Department.SUPPORT and (
            years > SENIOR_YEARS or (years == SENIOR_YEARS and had_anniversary)
        )


def _each_once(persons: tuple[Employee, ...]) -> tuple[Employee, ...]:
    """Two entries of one person would leave open which of them counts, and a shared key who signed."""
    for what, values in (
        ("person", [entry.id for entry in persons]),
        ("key", [key for entry in persons for key in entry.keys]),
    ):
        if twice := next((value for value, times in Counter(values).items() if times > 1), None):
            raise ValueError(f"the {what} {twice} stands there twice")
    return persons


class Staff(CompanyDocument):
    """The register."""

    KIND: ClassVar[str] = "staff"
    kind: Literal["staff"]
    persons: Annotated[tuple[Employee, ...], Field(min_length=1, max_length=5000), AfterValidator(_each_once)]

    def find(self, person: PersonId) -> Employee | None:
        """The entry of a person, or None."""
        return next((entry for entry in self.persons if entry.id == person), None)


class RevokedKey(Model):
    """A key that no longer proves anything, whatever it signed and whenever."""

    fingerprint: Fingerprint
    revoked: Day
    reason: Line


class Revocations(CompanyDocument):
    """Keys that are revoked. An empty list is a statement too, therefore signed and versioned."""

    KIND: ClassVar[str] = "revocations"
    kind: Literal["revocations"]
    keys: Annotated[tuple[RevokedKey, ...], Field(max_length=5000)] = ()


class AllowedSigners(Document):
    """Only the namespace of the OpenSSH allowed-signers file, which is not YAML."""

    KIND: ClassVar[str] = "allowed-signers"
