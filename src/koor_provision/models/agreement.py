"""The customer's agreement: which papers are signed, and who may speak for the customer (R1, R2, R3, R7)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import Count, Day, Email, Line, Model, PersonId, PublicKey, Reference, Sha256
from koor_provision.models.documents import Document


class SignedPaper(Model):
    """A paper that the customer signed; the paper stays where contracts are kept, here is its digest."""

    version: Reference
    signed: Day
    signed_by: PersonId
    sha256: Sha256


class CustomerPerson(Model):
    """Somebody on the customer's side, with the SSH key that signs for them, if they have one."""

    id: PersonId
    name: Line
    email: Email
    key: PublicKey | None = None


class MaintenanceContract(SignedPaper):
    """That we maintain the application once a year (R14); `until` is the last day of a contract that ends."""

    until: Day | None = None


class Agreement(Document):
    """What customer and company agreed. Signed by an authorised person of the customer and by our sales manager.

    The first one (version 1) brings keys and addresses that nobody knew before, so it takes a second person of ours as
    well. Every later one names its predecessor's digest, and counts when somebody whom the
    predecessor authorised approved it (R3).
    """

    KIND: ClassVar[str] = "agreement"
    kind: Literal["agreement"]
    customer: Reference
    name: Line
    version: Annotated[Count, Field(ge=1)]
    agreed: Day
    previous_sha256: Sha256 | None = None
    data_protection_policy: SignedPaper | None = None
    service_agreement: SignedPaper | None = None
    maintenance_contract: MaintenanceContract | None = None
    authorised_persons: Annotated[tuple[CustomerPerson, ...], Field(max_length=50)] = ()
    responsible_for_it: Annotated[tuple[CustomerPerson, ...], Field(max_length=20)] = ()

    def persons(self) -> tuple[CustomerPerson, ...]:
        """Everybody named, each once: one person may be both authorised and responsible for IT."""
        return tuple({person.id: person for person in (*self.authorised_persons, *self.responsible_for_it)}.values())
