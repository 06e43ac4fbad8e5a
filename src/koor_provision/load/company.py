"""The company's documents. Those that all trust rests on are proven here, before anything is judged.

Allowed signers are signed by the CTO, with a key that this machine has pinned; staff register, revocations and company
policy by the HOCS or the CTO. None may be older than what this machine saw before. Of the approved list and the install
checklist only that is judged here; the rest is for R9 and R12.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from koor_provision.errors import RefusedError
from koor_provision.load.documents import Unverified, examine, load, load_claims, load_optional, to_model
from koor_provision.load.files import Content, lies, read, require_folder
from koor_provision.load.pinned import SIGNERS, must_be_pinned, must_follow, must_not_be_revoked, signed_with
from koor_provision.models.base import Fingerprint
from koor_provision.models.case import Company, RecordOnFile
from koor_provision.models.checklist import InstallChecklist
from koor_provision.models.documents import CompanyDocument, Document, Signed
from koor_provision.models.policy import CompanyPolicy
from koor_provision.models.remembered import Remembered, Seen
from koor_provision.models.software import ApprovedSoftware, ValidationRecord
from koor_provision.models.staff import AllowedSigners, Position, Revocations, Staff
from koor_provision.trust import allowed_signers
from koor_provision.trust.keyring import Holder, Keyring

STAFF, SOFTWARE, REVOCATIONS = "staff.yml", "approved_software.yml", "revocations.yml"
POLICY, INSTALL_CHECKLIST = "policy.yml", "install_checklist.yml"


def load_company(folder: Path, remembered: Remembered, today: date) -> tuple[Company, Keyring]:
    """Load and prove.

    Args:
        remembered: what this machine knows beforehand; without a pin nothing is trusted.

    Raises:
        InputError: a document is missing or malformed.
        RefusedError: a document that trust rests on is not signed by whom it must be, has expired, or is older than
            one that was seen before.
    """
    require_folder(folder, "name the folder with the company's documents: --company DIR")
    signers, content = load_signers(folder)
    revocations = load(folder, REVOCATIONS, Revocations, name=f"company/{REVOCATIONS}")
    staff = load(folder, STAFF, Staff, name=f"company/{STAFF}")
    software = load(folder, SOFTWARE, ApprovedSoftware, name=f"company/{SOFTWARE}")
    keyring = Keyring(
        registered(content.holders, staff.document, today),
        frozenset(key.fingerprint for key in revocations.document.keys),
        _barred(content.holders, staff.document, today),
    )
    register, revoked, approved = examine(staff, keyring), examine(revocations, keyring), examine(software, keyring)
    _must_be_signed(examine(signers, keyring), staff.document, today, Position.CTO)
    must_be_pinned(signers, remembered.pins)
    policy = examine(load(folder, POLICY, CompanyPolicy, name=f"company/{POLICY}"), keyring)
    signed_by_hocs: tuple[Signed[CompanyDocument], ...] = (revoked, register, policy)
    for document in signed_by_hocs:
        _must_be_signed(document, staff.document, today, Position.CTO, Position.HOCS)
        _must_be_valid(document, today)
    must_not_be_revoked(signers, remembered.pins, keyring.revoked)
    checklist = load_optional(folder, INSTALL_CHECKLIST, InstallChecklist, name=f"company/{INSTALL_CHECKLIST}")
    form = examine(checklist, keyring) if checklist else None
    ctos = [one for one in (approved, form) if one and _signed_by(one, staff.document, today, Position.CTO)]
    versions = {signers.document.KIND: Seen(version=content.version, sha256=signers.content.sha256)}
    for proven in (*signed_by_hocs, *ctos):
        versions[proven.content.KIND] = Seen(version=proven.content.version, sha256=proven.sha256)
    must_follow(versions, remembered.documents, approved.content.previous_sha256)
    contents = _records(folder, software.document)
    files = [signers.content, revocations.content, staff.content, software.content, *contents.values()]
    files += [checklist.content] if checklist else []
    company = Company(
        register,
        approved,
        {name: RecordOnFile(to_model(content, ValidationRecord), content.sha256) for name, content in contents.items()},
        {policy.file: policy.sha256, **{file.name: file.sha256 for file in files}},
        policy,
        form,
        versions,
        remembered,
    )
    return company, keyring


def load_signers(folder: Path) -> tuple[Unverified[Document], allowed_signers.Signers]:
    """Read the allowed signers.

    Raises:
        InputError: they are missing, unsigned or malformed.
    """
    name = f"company/{SIGNERS}"
    content = read(folder / SIGNERS, name)
    document = AllowedSigners(kind=AllowedSigners.KIND)
    return Unverified(document, content, load_claims(folder, SIGNERS, name)), allowed_signers.parse(content.data, name)


def cto_keys(folder: Path, today: date) -> frozenset[Fingerprint]:
    """The keys with which the CTO of this folder's own register signed its allowed signers.

    That proves nothing about the company: whoever makes up a folder makes up its CTO. It is what a person compares with
    the CTO before this machine trusts the folder.

    Raises:
        InputError: a document is missing or malformed.
    """
    signers, content = load_signers(folder)
    staff = load(folder, STAFF, Staff, name=f"company/{STAFF}").document
    holders = registered(content.holders, staff, today)
    ctos = {entry.id for entry in staff.persons if entry.position is Position.CTO}
    return frozenset(mark for mark in signed_with(signers) & holders.keys() if holders[mark].person in ctos)


def registered(holders: Mapping[Fingerprint, Holder], staff: Staff, today: date) -> dict[Fingerprint, Holder]:
    """Keys that stand in both documents, for the same person, who works here: neither document alone makes a signer."""
    return {
        mark: holder
        for mark, holder in holders.items()
        if (entry := staff.find(holder.person)) and mark in entry.keys and entry.employed(today)
    }


def _barred(holders: Mapping[Fingerprint, Holder], staff: Staff, today: date) -> dict[Fingerprint, str]:
    """Why each other key of the allowed signers does not count."""
    reasons = {}
    for mark, holder in holders.items():
        entry = staff.find(holder.person)
        if entry is None:
            reasons[mark] = f"{holder.person} is not in the staff register"
        elif mark not in entry.keys:
            reasons[mark] = f"the key {mark} is not one of {entry.id}'s in the staff register"
        elif entry.left is not None and entry.left <= today:
            reasons[mark] = f"{entry.id} left on {entry.left}"
        elif entry.since > today:
            reasons[mark] = f"{entry.id} begins on {entry.since}"
    return reasons


def _must_be_signed(document: Signed[Document], staff: Staff, today: date, *positions: Position) -> None:
    if not _signed_by(document, staff, today, *positions):
        who = " or ".join(position.upper() for position in positions)
        raise RefusedError(
            f"not signed by the {who}" + "".join(f"; {reason}" for reason in document.rejected),
            where=document.file,
            hint=f"nothing can be proven without it: get the signed document from the {who}",
        )


def _signed_by(document: Signed[Document], staff: Staff, today: date, *positions: Position) -> bool:
    entries = [staff.find(person) for person in document.signers]
    return any(entry and entry.position in positions and entry.employed(today) for entry in entries)


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
    return {name: read(folder / name, f"company/{name}") for name in names if lies(folder / name, f"company/{name}")}
