"""From the bytes of a mail to what its sender said: every step that may refuse, in its order."""

from datetime import datetime

from koor_provision.mail import body, fields
from koor_provision.mail.signature import KeyLookup, verified
from koor_provision.mail.subject import subject
from koor_provision.mail.words import understood
from koor_provision.models.mail import Message, Statement
from koor_provision.models.secret import holds_secret


def read_mail(raw: bytes, key: KeyLookup, taken: datetime, file: str) -> tuple[Message, Statement]:
    """Verify a mail, and understand it.

    Args:
        key: looks up the signing key: in DNS at intake, in the archive beside the mail later.
        taken: when the mail was taken in.

    Raises:
        InputError: something about it is not as it must be, or it is not understood.
    """
    halves = fields.split(raw, file)
    sender = fields.sender(halves.value("from"), file)
    recipients = fields.recipients(halves.value("to"), file)
    identity = fields.identity(halves.value("message-id"), file)
    sent = fields.sent(halves.value("date"), file)
    if sent > taken:
        raise fields.bad("is dated after the day on which it was taken in", file)
    covers = verified(raw, halves, key, taken, file).covers
    text = body.text(raw, halves, covers, file)
    about = subject(halves.value("subject"), file)
    if holds_secret(text.whole) or holds_secret(about):  # never quoted: a refusal must not spread it
        raise fields.bad(
            "seems to hold a password or a key, which is not to be stored by us (R11)",
            file,
            "delete the mail, have the customer change the secret, and ask for a new mail without it",
        )
    message = Message(identity, sender, recipients, sent, about, text.own, text.whole, text.unread)
    return message, understood(text.own, file)
