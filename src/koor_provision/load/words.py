"""The customer's mails and papers in a case, and the additions that rest on them.

    mails/001.eml        the mail as it came       mails/001.yml        its intake, signed by one of us
    papers/001.yml       an attestation, signed by a sales manager
    additions/001.yml    software ordered after the offer, with its effort, signed by who may estimate

A mail is verified and read again whenever a case is judged: the record beside it is only held against it.
"""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from koor_provision.errors import InputError
from koor_provision.load.documents import D, examine, load
from koor_provision.load.files import Content, names_in, read
from koor_provision.models.base import Sha256
from koor_provision.models.documents import Document, Signed
from koor_provision.models.mail import Message, Statement
from koor_provision.models.word import Addition, Attestation, MailRecord, Means, Word, in_words
from koor_provision.trust.keyring import Keyring

MAILS, PAPERS, ADDITIONS, AGREEMENTS = "mails", "papers", "additions", "agreements"
MAX_FILES = 50
_NUMBERED = re.compile(r"([0-9]{3})\.(yml|eml|yml\.sig)", re.ASCII)


class Words(NamedTuple):
    """What the customer said without a key, what rests on it, and the digest of every file that was read.

    Attributes:
        texts: of every document among them, by its file.
    """

    words: tuple[Word, ...]
    additions: tuple[Signed[Addition], ...]
    inputs: dict[str, Sha256]
    texts: dict[str, str]


def message_digest(message: Message) -> Sha256:
    """By which a mail is remembered: its Message-ID names the customer's mail server, its digest nobody."""
    return hashlib.sha256(message.identity.encode()).hexdigest()


def numbers(folder: Path, name: str) -> list[str]:
    """The numbers that are taken in a folder, such as 001.

    Raises:
        InputError: it holds something else, too much, or a file without its document.
    """
    found: dict[str, set[str]] = {}
    for file in names_in(folder / name, name):
        match = _NUMBERED.fullmatch(file)
        if not match or (match[2] == "eml" and name != MAILS):
            raise InputError(
                "does not belong here",
                where=f"{name}/{file}",
                hint="files there are 001.yml, 001.yml.sig and so on",
            )
        found.setdefault(match[1], set()).add(match[2])
    if len(found) > MAX_FILES:
        raise InputError(f"holds more than {MAX_FILES} documents", where=name, hint="close the case and open a new one")
    for number, kinds in found.items():
        if "yml" not in kinds:
            raise InputError("its record is missing", where=f"{name}/{number}.yml", hint="take the mail in again")
    return sorted(found)


def read_words(folder: Path, keyring: Keyring) -> Words:
    """Read everything, and verify mails and signatures.

    Raises:
        InputError: a document is malformed or unsigned, or a mail does not verify or is not understood.
    """
    mails = [_mail(folder, number, keyring) for number in numbers(folder, MAILS)]
    papers = _all(folder, PAPERS, Attestation, keyring)
    additions = _all(folder, ADDITIONS, Addition, keyring)
    documents: tuple[Signed[Document], ...] = (*papers, *additions, *(record for record, _ in mails))
    inputs = {one.file: one.sha256 for one in documents} | {word.file: word.sha256 for _, word in mails}
    words = (*(word for _, word in mails), *(_paper(one) for one in papers))
    return Words(words, additions, inputs, {one.file: one.text for one in documents})


def _all(folder: Path, name: str, model: type[D], keyring: Keyring) -> tuple[Signed[D], ...]:
    return tuple(
        examine(load(folder / name, f"{number}.yml", model, name=f"{name}/{number}.yml"), keyring)
        for number in numbers(folder, name)
    )


def _mail(folder: Path, number: str, keyring: Keyring) -> tuple[Signed[MailRecord], Word]:
    signed = examine(load(folder / MAILS, f"{number}.yml", MailRecord, name=f"{MAILS}/{number}.yml"), keyring)
    record = signed.content
    raw, message, statement = read_again(folder, number, record)
    return signed, Word(
        means=Means.MAIL,
        file=raw.name,
        sha256=raw.sha256,
        customer=record.customer,
        statement=statement,
        said=message.sent.date(),
        record=signed.file,
        vouchers=signed.signers,
        rejected=signed.rejected,
        address=message.sender,
        recipients=message.recipients,
        message=message_digest(message),
        offer=record.offer,
    )


def read_again(folder: Path, number: str, record: MailRecord) -> tuple[Content, Message, Statement]:
    """Verify a mail of a case by the key in its record, and understand it.

    Raises:
        InputError: it is not the mail of the record, does not verify, or says something else than the record.
    """
    # Most cases hold no mail, and need not wait for what reads one.
    from koor_provision.mail.fields import MAX_MAIL_BYTES  # noqa: PLC0415
    from koor_provision.mail.read import read_mail  # noqa: PLC0415

    name = f"{MAILS}/{number}.eml"
    raw = read(folder / MAILS / f"{number}.eml", name, limit=MAX_MAIL_BYTES, hint="take the mail in again")
    if raw.sha256 != record.mail_sha256:
        raise InputError(
            "is not the mail that was taken in", where=name, hint="put the original back, or take it in again"
        )

    def archived(key_name: str) -> bytes | None:
        return record.key.encode("ascii") if key_name == record.key_name else None

    message, statement = read_mail(raw.data, archived, record.taken, name)
    if record.understood != in_words(statement):
        raise InputError(
            f"says '{record.understood}', the mail {in_words(statement)}",
            where=f"{MAILS}/{number}.yml, understood",
            hint="take the mail in again",
        )
    return raw, message, statement


def _paper(document: Signed[Attestation]) -> Word:
    paper = document.content
    return Word(
        means=Means.PAPER,
        file=document.file,
        sha256=document.sha256,
        customer=paper.customer,
        statement=paper.statement,
        said=paper.signed,
        record=document.file,
        vouchers=document.signers,
        rejected=document.rejected,
        person=paper.signed_by,
        paper=paper.paper_sha256,
        offer=paper.offer,
    )
