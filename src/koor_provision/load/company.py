"""The company's documents. Those that all trust rests on are proven here, before anything is judged.

Allowed signers are signed by the CTO, staff register and revocations by the HOCS or the CTO. The approved list
and the install checklist are only loaded: R9 and R12 judge them.
"""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from koor_provision.errors import RefusedError
from koor_provision.load.documents import Unverified, examine, load, load_claims, load_optional, to_model
from koor_provision.load.files import Content, read, require_folder
from koor_provision.models.base import Fingerprint
from koor_provision.models.case import Company, RecordOnFile
from koor_provision.models.checklist import InstallChecklist
from koor_provision.models.documents import CompanyDocument, Document, Signed
from koor_provision.models.policy import CompanyPolicy
from koor_provision.models.software import ApprovedSoftware, ValidationRecord
from koor_provision.models.staff import AllowedSigners, Position, Revocations, Staff
from koor_provision.trust import allowed_signers
from koor_provision.trust.keyring import Holder, Keyring

STAFF, SOFTWARE, REVOCATIONS, SIGNERS = "staff.yml", "approved_software.yml", "revocations.yml", "allowed_signers"
POLICY, INSTALL_CHECKLIST = "policy.yml", "install_checklist.yml"


def load_company(folder: Path, today: date) -> tuple[Company, Keyring]:
    """Load and prove.

    Raises:
        InputError: a document is missing or malformed.
        RefusedError: a document that trust rests on is not signed by whom it must be, or has expired.
    """
    require_folder(folder, "name the folder with the company's documents: --company DIR")
    signers_file = read(folder / SIGNERS, f"company/{SIGNERS}")
    claims = load_claims(folder, SIGNERS, f"company/{SIGNERS}")
    signers = Unverified[Document](AllowedSigners(kind="allowed-signers"), signers_file, claims)
    holders = allowed_signers.parse(signers_file.data, signers_file.name)
    revocations = load(folder, REVOCATIONS, Revocations, name=f"company/{REVOCATIONS}")
    staff = load(folder, STAFF, Staff, name=f"company/{STAFF}")
    keyring = Keyring(
        _registered(holders, staff.document, today),
        frozenset(key.fingerprint for key in revocations.document.keys),
    )
    register = examine(staff, keyring)
    _must_be_signed(examine(signers, keyring), staff.document, today, Position.CTO)
    policy = examine(load(folder, POLICY, CompanyPolicy, name=f"company/{POLICY}"), keyring)
    signed_by_hocs: tuple[Signed[CompanyDocument], ...] = (examine(revocations, keyring), register, policy)
    for document in signed_by_hocs:
        _must_be_signed(document, staff.document, today, Position.CTO, Position.HOCS)
        _must_be_valid(document, today)
    software = load(folder, SOFTWARE, ApprovedSoftware, name=f"company/{SOFTWARE}")
    contents = _records(folder, software.document)
    checklist = load_optional(folder, INSTALL_CHECKLIST, InstallChecklist, name=f"company/{INSTALL_CHECKLIST}")
    files = [signers_file, revocations.content, staff.content, software.content, *contents.values()]
    files += [checklist.content] if checklist else []
    company = Company(
        register,
        examine(software, keyring),
        {name: RecordOnFile(to_model(content, ValidationRecord), content.sha256) for name, content in contents.items()},
        {policy.file: policy.sha256, **{file.name: file.sha256 for file in files}},
        policy,
        examine(checklist, keyring) if checklist else None,
    )
    return company, keyring


def _registered(holders: Mapping[Fingerprint, Holder], staff: Staff, today: date) -> dict[Fingerprint, Holder]:
    """Keys that stand in both documents, for the same person, who works here: neither document alone makes a signer."""
    return {
        mark: holder
        for mark, holder in holders.items()
        if (entry := staff.find(holder.person)) and mark in entry.keys and entry.employed(today)
    }


def _must_be_signed(document: Signed[Document], staff: Staff, today: date, *positions: Position) -> None:
    entries = [staff.find(person) for person in document.signers]
    if not any(entry and entry.position in positions and entry.employed(today) for entry in entries):
        who = " or ".join(position.upper() for position in positions)
        raise RefusedError(
            f"not signed by the {who}" + "".join(f"; {reason}" for reason in document.rejected),
            where=document.file,
            hint=f"nothing can be proven without it: get the signed document from the {who}",
        )


def _must_be_valid(document: Signed[CompanyDocument], today: date) -> None:
    content = document.content
    if not content.issued <= today < content.expires:
        raise RefusedError(
            f"valid from {content.issued} until before {content.expires}, today (UTC) is {today}",
            where=document.file,
            hint="get the present version; if the date is wrong, set this machine's clock",
        )


def _records(folder: Path, software: ApprovedSoftware) -> dict[str, Content]:
    """The validation records that the list names; where one is missing, R9 says so for what is ordered."""
    names = sorted({entry.record for entry in software.entries})
    return {name: read(folder / name, f"company/{name}") for name in names if os.path.lexists(folder / name)}
