"""The company's documents. Those that all trust rests on are proven here, before anything is judged.

Allowed signers are signed by the CTO, staff register and revocations by the HOCS or the CTO. The approved list is only
loaded: R9 judges it.
"""

from datetime import date
from pathlib import Path
from typing import TypeVar

from koor_provision.errors import InputError, RefusedError
from koor_provision.load.documents import Unverified, as_signed, judge_signatures, load, load_claims, to_model
from koor_provision.load.files import Content, read
from koor_provision.models.case import Company, RecordOnFile
from koor_provision.models.documents import CompanyDocument, Document, Signed
from koor_provision.models.software import ApprovedSoftware, ValidationRecord
from koor_provision.models.staff import AllowedSigners, Position, Revocations, Staff
from koor_provision.trust import allowed_signers
from koor_provision.trust.keyring import Keyring

STAFF, SOFTWARE, REVOCATIONS, SIGNERS = "staff.yml", "approved_software.yml", "revocations.yml", "allowed_signers"
D = TypeVar("D", bound=CompanyDocument)


def load_company(folder: Path, today: date) -> tuple[Company, Keyring]:
    """Load and prove.

    Raises:
        InputError: a document is missing or malformed.
        RefusedError: a document that trust rests on is not signed by whom it must be, or has expired.
    """
    if not folder.is_dir():
        raise InputError(
            "no such folder", where=str(folder), hint="name the folder with the company's documents: --company DIR"
        )
    signers_file = read(folder / SIGNERS, f"company/{SIGNERS}")
    signers = Unverified[Document](
        AllowedSigners(kind="allowed-signers"), signers_file, load_claims(folder, SIGNERS, f"company/{SIGNERS}")
    )
    revocations = load(folder, REVOCATIONS, Revocations, name=f"company/{REVOCATIONS}")
    staff = load(folder, STAFF, Staff, name=f"company/{STAFF}")
    software = load(folder, SOFTWARE, ApprovedSoftware, name=f"company/{SOFTWARE}")

    holders = allowed_signers.parse(signers_file.data, signers_file.name)
    keyring = Keyring(
        _registered(holders_of=staff.document, holders=holders, today=today),
        frozenset(key.fingerprint for key in revocations.document.keys),
    )
    judged = judge_signatures([signers, revocations, staff, software], keyring)
    register = as_signed(staff, judged[2])
    entitled = {Position.CTO}
    _must_be_signed(signers, judged[0], register, entitled, today)
    for item, verdict in ((revocations, judged[1]), (staff, judged[2])):
        _must_be_signed(item, verdict, register, entitled | {Position.HOCS}, today)
        _must_be_valid(as_signed(item, verdict), today)
    records, contents = _records(folder, software.document)
    files = [signers_file, revocations.content, staff.content, software.content, *contents]
    return Company(
        register, as_signed(software, judged[3]), records, {file.name: file.sha256 for file in files}
    ), keyring


def _registered(
    *, holders_of: Staff, holders: dict[str, allowed_signers.Holder], today: date
) -> dict[str, allowed_signers.Holder]:
    """Keys that stand in both documents, for the same person, who works here: neither document alone makes a signer."""
    return {
        mark: holder
        for mark, holder in holders.items()
        if (entry := holders_of.find(holder.person)) and mark in entry.keys and entry.employed(today)
    }


def _must_be_signed(
    item: Unverified[Document],
    verdict: tuple[frozenset[str], tuple[str, ...]],
    staff: Signed[Staff],
    positions: set[Position],
    today: date,
) -> None:
    persons, reasons = verdict
    entries = [staff.content.find(person) for person in persons]
    if not any(entry and entry.position in positions and entry.employed(today) for entry in entries):
        who = " or ".join(sorted(position.upper() for position in positions))
        raise RefusedError(
            f"not signed by the {who}" + "".join(f"; {reason}" for reason in reasons),
            where=item.content.name,
            hint=f"nothing can be proven without it: get the signed document from the {who}",
        )


def _must_be_valid(document: Signed[D], today: date) -> None:
    content = document.content
    if not content.issued <= today < content.expires:
        raise RefusedError(
            f"valid from {content.issued} until before {content.expires}, today is {today}",
            where=document.file,
            hint="get the present version; if the date is wrong, set this machine's clock",
        )


def _records(folder: Path, software: ApprovedSoftware) -> tuple[dict[str, RecordOnFile], list[Content]]:
    records, contents = {}, []
    for file in sorted({entry.record for entry in software.entries}):
        if not (folder / file).exists():
            continue  # R9 says so, for the components that are ordered
        content = read(folder / file, f"company/{file}")
        records[file] = RecordOnFile(to_model(content, ValidationRecord), content.sha256)
        contents.append(content)
    return records, contents
