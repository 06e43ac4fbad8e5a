"""What a mail says, once it has been read; and the words that we understand."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from koor_provision.models.base import Email, Reference, Sha256, Slug


class Says(StrEnum):
    """What somebody of the customer's can say in writing."""

    ACCEPTANCE = "acceptance"
    """Yes to one revision of an offer (R5)."""
    APPROVAL = "approval"
    """Yes to a document, by its digest: agreement or targets (R3)."""
    REQUEST = "request"
    """Additional software, please (R5)."""


@dataclass(frozen=True)
class Statement:
    """One thing that somebody said.

    Attributes:
        offer: number and revision of the offer that is accepted.
        digest: of the document that is meant; an acceptance may do without.
        components: the software that is asked for, by our names.
    """

    says: Says
    offer: tuple[Reference, int] | None = None
    digest: Sha256 | None = None
    components: tuple[Slug, ...] = ()


@dataclass(frozen=True)
class Message:
    """A mail as it was sent: its signed header fields and the text that its sender wrote.

    Attributes:
        identity: its Message-ID.
        sender: the one address of its From field.
        recipients: the addresses of its To field.
        sent: its Date field.
        subject: its Subject field, decoded.
        text: the plain text, without what it quotes.
        whole: the plain text as it came.
        unread: the kinds of parts that nobody reads here: pictures in its HTML.
    """

    identity: str
    sender: Email
    recipients: tuple[Email, ...]
    sent: datetime
    subject: str
    text: str
    whole: str
    unread: tuple[str, ...] = ()
