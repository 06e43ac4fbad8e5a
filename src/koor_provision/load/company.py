"""The company's documents. Those that all trust rests on are proven here, before anything is judged.

Allowed signers are signed by the CTO; staff register, revocations and company policy by the HOCS or the CTO. The
approved list is only loaded: R9 judges it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from koor_provision.errors import RefusedError
from koor_provision.load.documents import Examination, Unverified, examine, load, load_claims, to_model
from koor_provision.load.files import Content, read, require_folder
from koor_provision.models.base import Fingerprint, Sha256
from koor_provision.models.case import Company, RecordOnFile
from koor_provision.models.documents import CompanyDocument, Document, Signed
from koor_provision.models.policy import CompanyPolicy
from koor_provision.models.software import ApprovedSoftware, ValidationRecord
from koor_provision.models.staff import AllowedSigners, Position, Revocations, Staff
from koor_provision.trust import allowed_signers
from koor_provision.trust.keyring import Holder, Keyring

STAFF, SOFTWARE, REVOCATIONS, SIGNERS = "staff.yml", "approved_software.yml", "revocations.yml", "allowed_signers"
POLICY = "policy.yml"


@dataclass(frozen=True)
class CompanyOnTrial:
    """The company's documents as they were read, while OpenSSH is at work on their signatures.

    The keyring serves to ask further questions meanwhile; no answer counts before `proven` has returned.
    """

    keyring: Keyring
    today: date
    signers: Examination[Document]
    revocations: Examination[Revocations]
    staff: Examination[Staff]
    policy: Examination[CompanyPolicy]
    software: Examination[ApprovedSoftware]
    records: Mapping[str, RecordOnFile]
    inputs: Mapping[str, Sha256]

    def proven(self) -> Company:
        """Wait for OpenSSH and prove.

        Raises:
            RefusedError: a document that trust rests on is not signed by whom it must be, or has expired.
        """
        signers, revocations, staff = self.signers.result(), self.revocations.result(), self.staff.result()
        policy = self.policy.result()
        _must_be_signed(signers, staff.content, self.today, Position.CTO)
        _must_be_signed(revocations, staff.content, self.today, Position.CTO, Position.HOCS)
        _must_be_signed(staff, staff.content, self.today, Position.CTO, Position.HOCS)
        _must_be_signed(policy, staff.content, self.today, Position.CTO, Position.HOCS)
        for document in (revocations, staff, policy):
            _must_be_valid(document, self.today)
        return Company(staff, self.software.result(), self.records, self.inputs, policy)


def load_company(folder: Path, today: date) -> tuple[Company, Keyring]:
    """Load and prove.

    Raises:
        InputError: a document is missing or malformed.
        RefusedError: a document that trust rests on is not signed by whom it must be, or has expired.
    """
    company = read_company(folder, today)
    return company.proven(), company.keyring


def read_company(folder: Path, today: date) -> CompanyOnTrial:
    """Read everything, and set OpenSSH to work.

    Raises:
        InputError: a document is missing or malformed.
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
    examined = examine(signers, keyring), examine(revocations, keyring), examine(staff, keyring)
    policy = load(folder, POLICY, CompanyPolicy, name=f"company/{POLICY}")
    software = load(folder, SOFTWARE, ApprovedSoftware, name=f"company/{SOFTWARE}")
    contents = _records(folder, software.document)
    files = [signers_file, revocations.content, staff.content, policy.content, software.content, *contents.values()]
    return CompanyOnTrial(
        keyring,
        today,
        *examined,
        examine(policy, keyring),
        examine(software, keyring),
        {name: RecordOnFile(to_model(content, ValidationRecord), content.sha256) for name, content in contents.items()},
        {file.name: file.sha256 for file in files},
    )


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
            f"valid from {content.issued} until before {content.expires}, today is {today}",
            where=document.file,
            hint="get the present version; if the date is wrong, set this machine's clock",
        )


def _records(folder: Path, software: ApprovedSoftware) -> dict[str, Content]:
    """The validation records that the list names; where one is missing, R9 says so for what is ordered."""
    names = sorted({entry.record for entry in software.entries})
    return {name: read(folder / name, f"company/{name}") for name in names if os.path.lexists(folder / name)}
