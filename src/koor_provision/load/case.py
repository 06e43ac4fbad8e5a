"""A customer's case: a folder with agreement, offer, acceptance, confirmation and targets, each with its signatures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.customer_keys import with_customer_keys
from koor_provision.load.documents import Examination, examine, load, load_optional
from koor_provision.load.files import require_folder
from koor_provision.models.agreement import Agreement
from koor_provision.models.base import Sha256
from koor_provision.models.case import Case, Company
from koor_provision.models.checklist import Checklist
from koor_provision.models.exception import ExceptionGrant
from koor_provision.models.order import Acceptance, Confirmation, Offer, Targets
from koor_provision.models.scope import Scope
from koor_provision.models.staff import Staff
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.sshsig import fingerprint

AGREEMENT, OFFER, ACCEPTANCE, CONFIRMATION, TARGETS = (
    "agreement.yml",
    "offer.yml",
    "acceptance.yml",
    "confirmation.yml",
    "targets.yml",
)
EXCEPTION, CHECKLIST = "exception.yml", "checklist.yml"
"""Documents that a case need not have."""


@dataclass(frozen=True)
class CaseOnTrial:
    """A case's documents as they were read, while OpenSSH is at work on their signatures."""

    name: str
    keyring: Keyring
    agreement: Examination[Agreement]
    offer: Examination[Offer]
    acceptance: Examination[Acceptance]
    confirmation: Examination[Confirmation]
    targets: Examination[Targets]
    exception: Examination[ExceptionGrant] | None
    checklist: Examination[Checklist] | None

    def ready(self, company: Company, scopes: Mapping[str, Scope], *, engineer: str | None, now: datetime) -> Case:
        """Wait for OpenSSH: the case as the gate judges it."""
        own = (self.agreement, self.offer, self.acceptance, self.confirmation, self.targets)
        inputs: dict[str, Sha256] = {
            one.item.content.name: one.item.content.sha256 for one in (*own, self.exception, self.checklist) if one
        }
        return Case(
            name=self.name,
            agreement=self.agreement.result(),
            offer=self.offer.result(),
            acceptance=self.acceptance.result(),
            confirmation=self.confirmation.result(),
            targets=self.targets.result(),
            company=company,
            scopes=scopes,
            engineer=engineer or self.confirmation.item.document.engineer,
            now=now,
            inputs={**inputs, **company.inputs},
            exception=self.exception.result() if self.exception else None,
            checklist=self.checklist.result() if self.checklist else None,
        )


def load_case(
    folder: Path,
    company: Company,
    keyring: Keyring,
    scopes: Mapping[str, Scope],
    *,
    engineer: str | None,
    now: datetime,
) -> tuple[Case, Keyring]:
    """Load a case and judge its signatures.

    Args:
        engineer: who does it; by default the one whom the order confirmation names.

    Returns:
        the case, and the keyring with the customer's keys (a plan is signed later).

    Raises:
        InputError: a document is missing, malformed or unsigned.
    """
    case = read_case(folder, company.staff.content, keyring)
    return case.ready(company, scopes, engineer=engineer, now=now), case.keyring


def read_case(folder: Path, staff: Staff, keyring: Keyring) -> CaseOnTrial:
    """Read a case, and set OpenSSH to work.

    Raises:
        InputError: a document is missing, malformed or unsigned.
    """
    require_folder(folder, "name a case folder; `koor-provision sample DIR` makes one to look at")
    agreement = load(folder, AGREEMENT, Agreement)
    everybody = with_customer_keys(keyring, agreement.document, staff, agreement.content.name)
    targets = load(folder, TARGETS, Targets)
    _host_keys(targets.document, targets.content.name)
    exception = load_optional(folder, EXCEPTION, ExceptionGrant)
    checklist = load_optional(folder, CHECKLIST, Checklist)
    return CaseOnTrial(
        folder.resolve().name,
        everybody,
        examine(agreement, everybody),
        examine(load(folder, OFFER, Offer), everybody),
        examine(load(folder, ACCEPTANCE, Acceptance), everybody),
        examine(load(folder, CONFIRMATION, Confirmation), everybody),
        examine(targets, everybody),
        examine(exception, everybody) if exception else None,
        examine(checklist, everybody) if checklist else None,
    )


def _host_keys(targets: Targets, name: str) -> None:
    for host in targets.hosts:
        try:
            fingerprint(host.ssh_host_key) if host.ssh_host_key else None
        except ValueError as error:
            raise InputError(
                "the ssh_host_key is damaged, too short or of a kind that is not safe",
                where=f"{name}, hosts, {host.name}",
                hint="take type and key, without the name before them, from: ssh-keyscan -t ed25519 HOST",
            ) from error
