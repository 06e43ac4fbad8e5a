"""Mails of the customer, signed by DKIM with throw-away keys that are made once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from koor_provision.mail.read import read_mail
from koor_provision.models.mail import Message, Statement
from koor_provision.sample.mail import MailKey, mail, signed

TAKEN = datetime(2025, 11, 20, 12, tzinfo=UTC)
ACCEPTS = "I accept your offer O-2026-0815, revision 1."


@dataclass
class Letter:
    """A mail in the making: a test changes one thing and sends it."""

    key: MailKey
    text: str = f"Dear Sir or Madam,\n\n{ACCEPTS}\n\nBest regards,\nAnna Example\n"
    domain: str = "bakery.example"
    fields: dict[str, str] = field(
        default_factory=lambda: {
            "From": "Anna Example <anna@bakery.example>",
            "To": "orders@koor.example",
            "Subject": "Your offer",
            "Date": "Thu, 20 Nov 2025 10:00:00 +0100",
            "Message-ID": "<1@bakery.example>",
        }
    )

    def sent(self) -> bytes:
        return mail(self.key, self.fields, self.text, self.domain)

    def signed_as_it_is(self, plain: bytes, **options: object) -> bytes:
        """Any bytes, signed by the customer's mail server."""
        return signed(self.key, plain, self.domain, **options)  # type: ignore[arg-type]

    def read(self, raw: bytes | None = None, taken: datetime = TAKEN) -> tuple[Message, Statement]:
        return read_mail(self.sent() if raw is None else raw, lambda _: self.key.record, taken, "mail.eml")
