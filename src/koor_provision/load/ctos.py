"""Documents of the CTO's that judge no order, read where they are used: training manual and maintenance form."""

from datetime import date
from pathlib import Path
from typing import TypeVar

from koor_provision.errors import InputError, RefusedError
from koor_provision.load.documents import examine, load_optional
from koor_provision.models.case import Company
from koor_provision.models.documents import CompanyDocument, Signed
from koor_provision.models.remembered import Seen, regress
from koor_provision.models.staff import Position
from koor_provision.trust.keyring import Keyring

MAINTENANCE_CHECKLIST, TRAINING_MANUAL = "maintenance_checklist.yml", "training_manual.yml"
D = TypeVar("D", bound=CompanyDocument)


def require_ctos(
    folder: Path, file: str, model: type[D], company: Company, keyring: Keyring, today: date
) -> tuple[Signed[D], Seen]:
    """One document that is the CTO's, valid today, and none that was replaced; and what is to be remembered of it.

    Raises:
        InputError: there is none, or it is malformed.
        RefusedError: it is not the CTO's, not valid, or older than what this machine saw before.
    """
    where, hint = f"company/{file}", "get the present document, signed, from the CTO"
    unverified = load_optional(folder, file, model, name=where)
    if unverified is None:
        raise InputError("missing", where=where, hint=hint)
    found = examine(unverified, keyring)
    entries = [company.staff.content.find(person) for person in found.signers]
    if not any(entry and entry.position is Position.CTO and entry.employed(today) for entry in entries):
        raise RefusedError(
            "not signed by the CTO" + "".join(f"; {one}" for one in found.rejected), where=where, hint=hint
        )
    if not found.content.issued <= today < found.content.expires:
        valid = f"valid from {found.content.issued} until before {found.content.expires}, today (UTC) is {today}"
        raise RefusedError(valid, where=where, hint=hint)
    seen = Seen(version=found.content.version, sha256=found.sha256)
    if reason := regress(seen, company.remembered.documents.get(model.KIND)):
        raise RefusedError(reason, where=where, hint=hint)
    return found, seen
