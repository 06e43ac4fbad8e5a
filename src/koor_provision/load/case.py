"""A customer's case: a folder with agreement, offer, acceptance, confirmation and targets, each with its signatures."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.agreements import AGREEMENT, read_agreements
from koor_provision.load.documents import examine, load, load_optional
from koor_provision.load.files import require_folder
from koor_provision.load.strays import besides
from koor_provision.load.words import read_words
from koor_provision.models.case import Case, Company
from koor_provision.models.checklist import Checklist
from koor_provision.models.exception import ExceptionGrant
from koor_provision.models.order import Acceptance, Confirmation, Offer, Targets
from koor_provision.models.scope import Scope
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.keys import fingerprint

OFFER, ACCEPTANCE, CONFIRMATION, TARGETS = (
    "offer.yml",
    "acceptance.yml",
    "confirmation.yml",
    "targets.yml",
)
EXCEPTION, CHECKLIST = "exception.yml", "checklist.yml"
"""Documents that a case need not have."""
DOCUMENTS = frozenset({AGREEMENT, OFFER, ACCEPTANCE, CONFIRMATION, TARGETS, EXCEPTION, CHECKLIST})


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
    require_folder(folder, "name a case folder; `koor-provision sample DIR` makes one to look at")
    former, agreement, everybody = read_agreements(folder, company.staff.content, keyring)
    words, additions, inputs, texts = read_words(folder, everybody)
    # Who has no key approves by mail or on paper; whether somebody did, the rules say.
    keyless = bool(words)
    offer = examine(load(folder, OFFER, Offer), everybody)
    acceptance = examine(load(folder, ACCEPTANCE, Acceptance, may_be_unsigned=keyless), everybody)
    confirmation = examine(load(folder, CONFIRMATION, Confirmation), everybody)
    targets = examine(load(folder, TARGETS, Targets, may_be_unsigned=keyless), everybody)
    _host_keys(targets.content, targets.file)
    exception = examine(granted, everybody) if (granted := load_optional(folder, EXCEPTION, ExceptionGrant)) else None
    checklist = examine(begun, everybody) if (begun := load_optional(folder, CHECKLIST, Checklist)) else None
    own = (*former, agreement, offer, acceptance, confirmation, targets, exception, checklist)
    inputs |= {one.file: one.sha256 for one in own if one}
    kept = besides(folder, DOCUMENTS)
    case = Case(
        name=folder.resolve().name,
        agreement=agreement,
        offer=offer,
        acceptance=acceptance,
        confirmation=confirmation,
        targets=targets,
        company=company,
        scopes=scopes,
        engineer=engineer or confirmation.content.engineer,
        now=now,
        inputs={**inputs, **company.inputs},
        agreement_before=company.remembered.agreement(agreement.content.customer),
        former=former,
        words=words,
        additions=additions,
        exception=exception,
        checklist=checklist,
        texts={**{one.file: one.text for one in own if one}, **texts, **kept.texts},
        strays=kept.strays,
    )
    return case, everybody


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
