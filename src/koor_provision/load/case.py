"""A customer's case: a folder with agreement, offer, acceptance, confirmation and targets, each with its signatures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.agreements import AgreementsOnTrial, read_agreements
from koor_provision.load.documents import Examination, examine, load
from koor_provision.load.files import require_folder
from koor_provision.load.words import WordsOnTrial, read_words
from koor_provision.models.base import Sha256
from koor_provision.models.case import Case, Company
from koor_provision.models.order import Acceptance, Confirmation, Offer, Targets
from koor_provision.models.scope import Scope
from koor_provision.models.staff import Staff
from koor_provision.trust.keyring import Keyring
from koor_provision.trust.sshsig import fingerprint

OFFER, ACCEPTANCE, CONFIRMATION, TARGETS = (
    "offer.yml",
    "acceptance.yml",
    "confirmation.yml",
    "targets.yml",
)


@dataclass(frozen=True)
class CaseOnTrial:
    """A case's documents as they were read, while OpenSSH is at work on their signatures."""

    name: str
    keyring: Keyring
    agreements: AgreementsOnTrial
    offer: Examination[Offer]
    acceptance: Examination[Acceptance]
    confirmation: Examination[Confirmation]
    targets: Examination[Targets]
    words: WordsOnTrial

    def ready(self, company: Company, scopes: Mapping[str, Scope], *, engineer: str | None, now: datetime) -> Case:
        """Wait for OpenSSH: the case as the gate judges it."""
        own = (self.offer, self.acceptance, self.confirmation, self.targets)
        inputs: dict[str, Sha256] = {one.item.content.name: one.item.content.sha256 for one in own}
        return Case(
            name=self.name,
            agreement=self.agreements.present.result(),
            offer=self.offer.result(),
            acceptance=self.acceptance.result(),
            confirmation=self.confirmation.result(),
            targets=self.targets.result(),
            company=company,
            scopes=scopes,
            engineer=engineer or self.confirmation.item.document.engineer,
            now=now,
            inputs={**self.agreements.inputs, **inputs, **self.words.inputs, **company.inputs},
            former=tuple(one.result() for one in self.agreements.former),
            words=self.words.words(),
            additions=tuple(one.result() for one in self.words.additions),
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
    agreements = read_agreements(folder, staff, keyring)
    everybody = agreements.keyring
    words = read_words(folder, everybody)
    # Who has no key approves by mail or on paper; whether somebody did, the rules say.
    without_key = bool(words.mails or words.papers)
    targets = load(folder, TARGETS, Targets, may_be_unsigned=without_key)
    _host_keys(targets.document, targets.content.name)
    return CaseOnTrial(
        folder.resolve().name,
        everybody,
        agreements,
        examine(load(folder, OFFER, Offer), everybody),
        examine(load(folder, ACCEPTANCE, Acceptance, may_be_unsigned=without_key), everybody),
        examine(load(folder, CONFIRMATION, Confirmation), everybody),
        examine(targets, everybody),
        words,
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
