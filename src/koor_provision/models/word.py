"""The customer's word without a key of their own: mails and papers on record, and what they lead to (R3, R5)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, StringConstraints

from koor_provision.models.base import Count, Day, Email, Line, Moment, PersonId, Reference, Sha256, Slug
from koor_provision.models.components import Component
from koor_provision.models.documents import Document
from koor_provision.models.mail import Says, Statement
from koor_provision.models.order import Estimate

KeyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,240}\z")]
KeyRecord = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]+\z", max_length=4096)]


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

    The signature vouches for what nobody can see later: that the key stood in DNS, when, and which offer's order an
    acceptance or a request is for (`offer`; an approval names its document by digest, and needs none).
    """

    KIND: ClassVar[str] = "mail"
    kind: Literal["mail"]
    customer: Reference
    offer: Reference | None = None
    mail_sha256: Sha256
    taken: Moment
    key_name: KeyName
    key: KeyRecord
    understood: Line


class Attestation(Document):
    """A paper that the customer signed: what it says, and its digest. The paper itself is not kept here.

    Signed by a sales manager, who saw it. Forwarded mails, and mails that cannot be verified, take this way too. An
    acceptance and a request name the offer whose order they are for.
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
        paper: digest of the scanned paper.
        offer: whose order the record says an acceptance or a request is for.
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
    paper: Sha256 | None = None
    offer: Reference | None = None


class Used(NamedTuple):
    """That a mail or paper serves an order, in digests: no customer and no offer can be told from it.

    Attributes:
        file: the mail or the attestation in its case.
        mail: what stands for the mail or the paper.
        use: what stands for it together with the customer and the offer.
    """

    file: str
    mail: Sha256
    use: Sha256


def used(file: str, identity: Sha256, customer: Reference, offer: Reference) -> Used:
    """That a mail or paper belongs to the order that came of an offer.

    Args:
        identity: digest of the Message-ID, or of the paper.
    """
    return Used(file, _digest(f"mail:{identity}"), _digest(f"use:{identity}:{customer}:{offer}"))


def all_used(words: Iterable[Word], customer: Reference, offer: Reference) -> tuple[Used, ...]:
    """What a case uses. What approves a document by its digest may lie in every case of the customer."""
    return tuple(
        used(word.file, identity, customer, offer)
        for word in words
        if (identity := word.message or word.paper) is not None and word.statement.says is not Says.APPROVAL
    )


def _digest(text: str) -> Sha256:
    return hashlib.sha256(text.encode()).hexdigest()


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
