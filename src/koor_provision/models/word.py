"""The customer's word without a key of their own: mails and papers on record, and what they lead to (R3, R5)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from koor_provision.models.base import Count, Day, Email, Line, Moment, PersonId, Reference, Sha256, Slug
from koor_provision.models.components import Component
from koor_provision.models.documents import Document
from koor_provision.models.mail import Says, Statement
from koor_provision.models.order import Estimate

KeyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,240}\z")]
KeyRecord = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{1,4096}\z")]


class Means(StrEnum):
    """How we know that somebody of the customer's approved."""

    KEY = "key"
    """Their SSH signature over the very bytes."""
    MAIL = "mail"
    """Their mail, with its mail server's signature."""
    PAPER = "paper"
    """A paper that they signed; a sales manager saw it."""


class MailRecord(Document):
    """The intake of a mail that lies beside it. Signed by one of us who is not the engineer of the order.

    The signature vouches for two things that nobody can see later: that the key stood in DNS, and when.
    """

    KIND: ClassVar[str] = "mail"
    kind: Literal["mail"]
    customer: Reference
    mail_sha256: Sha256
    taken: Moment
    key_name: KeyName
    key: KeyRecord
    understood: Line


class Attestation(Document):
    """A paper that the customer signed: what it says, and its digest. The paper itself is not kept here.

    Signed by a sales manager, who saw it. Forwarded mails, and mails that cannot be verified, take this way too.
    """

    KIND: ClassVar[str] = "attestation"
    kind: Literal["attestation"]
    customer: Reference
    says: Says
    offer: Reference | None = None
    revision: Count | None = None
    digest: Sha256 | None = None
    components: Annotated[tuple[Slug, ...], Field(max_length=30)] = ()
    signed: Day
    signed_by: PersonId
    paper_sha256: Sha256

    @property
    def statement(self) -> Statement:
        """What the paper says."""
        offer = (self.offer, self.revision) if self.offer is not None and self.revision is not None else None
        return Statement(self.says, offer, self.digest, self.components)


class Addition(Document):
    """Software that the customer asked for after the offer, and what it takes. Signed by who may estimate (R4b)."""

    KIND: ClassVar[str] = "addition"
    kind: Literal["addition"]
    customer: Reference
    order: Reference
    request_sha256: Sha256
    components: Annotated[tuple[Component, ...], Field(min_length=1, max_length=30)]
    estimate: Estimate
    confirmed: Day


@dataclass(frozen=True)
class Word:
    """A mail that was verified again, or an attestation, with who vouches for it. Whether it counts, the rules say.

    Attributes:
        file: the mail or the attestation.
        sha256: of that file.
        said: the day on which it was sent or signed.
        address: who sent the mail; None for a paper.
        person: who signed the paper; None for a mail.
        recipients: to whom the mail went.
        message: digest of the mail's Message-ID.
        record: the file that is signed, and by whom.
    """

    means: Means
    file: str
    sha256: Sha256
    customer: Reference
    statement: Statement
    said: date
    record: str
    vouchers: frozenset[PersonId]
    rejected: tuple[str, ...] = ()
    address: Email | None = None
    person: PersonId | None = None
    recipients: tuple[Email, ...] = ()
    message: Sha256 | None = None


@dataclass(frozen=True)
class Approval:
    """Somebody of the customer's approved a document, and this is how we know."""

    person: PersonId
    means: Means
    file: str


def in_words(statement: Statement) -> str:
    """A statement in a sentence for people."""
    if statement.says is Says.REQUEST:
        return f"requests the additional software {', '.join(statement.components)}"
    digest = f"SHA-256 {statement.digest}" if statement.digest else "no digest"
    if statement.says is Says.APPROVAL:
        return f"approves the document with {digest}"
    number, revision = statement.offer or ("?", "?")
    return f"accepts offer {number} revision {revision}" + (f" ({digest})" if statement.digest else "")
