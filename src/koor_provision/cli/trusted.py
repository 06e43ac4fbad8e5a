"""Opening a company's folder with what this machine remembers, and remembering what was proven."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from koor_provision.cli.enrol import trusted_before
from koor_provision.errors import RefusedError
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.company import load_company
from koor_provision.load.files import require_folder
from koor_provision.memory.anchors import Anchor, anchors
from koor_provision.memory.places import anchors_file
from koor_provision.memory.seen import must_not_be_past, recall, remember
from koor_provision.models.base import Sha256
from koor_provision.models.case import Company
from koor_provision.models.remembered import Seen
from koor_provision.trust.keyring import Keyring


@dataclass(frozen=True)
class Opened:
    """A company whose documents are proven."""

    company: Company
    keyring: Keyring
    anchor: Anchor

    def remember(self, agreements: Mapping[Sha256, Seen], now: datetime) -> None:
        """Remember the versions that were seen, before anything is said to be admitted.

        Args:
            agreements: of admitted cases, by what stands for the customer.

        Raises:
            RefusedError: another process saw newer ones, or they cannot be remembered.
        """
        last = Ledger(ledger_path()).last()
        remember(self.anchor, self.company.versions, agreements, now, last[0] if last else 0)


def open_company(folder: Path, now: datetime) -> Opened:
    """Load and prove a company's documents.

    Raises:
        InputError: there is no such folder, or a document is missing or malformed.
        RefusedError: this machine does not trust the folder, or no longer; or the clock went back.
        RunError: the ledger cannot be read.
    """
    require_folder(folder, "name the folder with the company's documents: --company DIR")
    known = anchors()
    try:
        anchor = known.of(folder)
    except RefusedError as error:
        if trusted_before():  # the anchor is lost: to trust anew takes more than at first
            again = f"koor-provision trust {shlex.quote(str(folder))} --replace"
            error.hint = f"restore {anchors_file()} from your backup; if it is lost for good, compare anew: {again}"
        raise
    memory = recall(anchor)
    must_not_be_past(now, memory, Ledger(ledger_path()).last())
    company, keyring = load_company(folder, memory.remembered(anchor), now.date())
    return Opened(replace(company, sample=known.is_sample(folder)), keyring, anchor)
