"""Taking a customer's mail into a case: its key looked up, verified, understood, and written down for signing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import yaml

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content, read
from koor_provision.load.words import MAILS, numbers
from koor_provision.mail import fields, signature
from koor_provision.mail.read import read_mail
from koor_provision.models.agreement import CustomerPerson
from koor_provision.models.base import Reference
from koor_provision.models.documents import Document
from koor_provision.models.mail import Message, Statement
from koor_provision.models.word import MailRecord, in_words

Lookup = Callable[[str], bytes | None]


class Intake(NamedTuple):
    """A mail that verified just now."""

    raw: Content
    message: Message
    statement: Statement
    person: CustomerPerson
    key: tuple[str, bytes]
    taken: datetime

    def record(self, customer: Reference, offer: Reference | None) -> bytes:
        """The record of the intake, for signing.

        Args:
            offer: whose order an acceptance or a request is for; None for an approval.

        Raises:
            InputError: something in it is not allowed there.
        """
        return document(
            MailRecord,
            "The intake of the mail beside this file: sign it if the mail came to you, and its key stands in DNS.",
            kind="mail",
            customer=customer,
            **({"offer": offer} if offer else {}),
            mail_sha256=self.raw.sha256,
            taken=self.taken.strftime("%Y-%m-%dT%H:%M:%SZ"),
            key_name=self.key[0],
            key=self.key[1].decode("ascii"),
            understood=in_words(self.statement),
        )


def take_in(file: Path, persons: Sequence[CustomerPerson], lookup: Lookup, now: datetime) -> Intake:
    """Verify a mail and understand it.

    Args:
        persons: whom the agreements with the customer name.
        lookup: from a key's name in DNS to its record.

    Raises:
        InputError: the mail does not verify, is not understood, or is of nobody whom the agreement names.
    """
    raw = read(file, str(file), limit=fields.MAX_MAIL_BYTES, hint="save the mail as it came, as an .eml file")
    keys = {
        one.key_name: found
        for one in signature.candidates(fields.split(raw.data, raw.name), raw.name)
        if (found := lookup(one.key_name)) is not None
    }
    used: list[str] = []

    def key(name: str) -> bytes | None:
        used.append(name)
        return keys.get(name)

    message, statement = read_mail(raw.data, key, now, raw.name)
    person = next((one for one in persons if one.email == message.sender), None)
    if person is None:
        raise InputError(
            f"is from {message.sender}, whom the agreement does not name",
            where=raw.name,
            hint="only persons of the agreement can order, by the very address that stands there",
        )
    return Intake(raw, message, statement, person, (used[-1], keys[used[-1]]), now)


def document(model: type[Document], comment: str, **content: object) -> bytes:
    """A document as YAML that its own loader has read back.

    Raises:
        InputError: what it is to hold is not allowed there.
    """
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    data = f"# {comment}\n{text}".encode()
    to_model(Content(f"the new {model.KIND}", data), model)
    return data


def next_number(folder: Path, name: str = MAILS) -> str:
    """The first number that is free in a folder of the case.

    Raises:
        InputError: the folder holds something else.
    """
    taken = numbers(folder, name)
    return f"{int(taken[-1]) + 1 if taken else 1:03}"
