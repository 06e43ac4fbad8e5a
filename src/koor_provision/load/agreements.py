"""The present agreement and those before it (R3): whose keys may sign which of them.

    agreements/001.yml, 002.yml, ...    former agreements, the first one first
    agreement.yml                       the present one

An agreement is examined with the keys of its predecessor, since only persons of the former list may change it; the
first one with its own.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from koor_provision.load.customer_keys import with_customer_keys
from koor_provision.load.documents import Examination, examine, load
from koor_provision.load.words import AGREEMENTS, numbers
from koor_provision.models.agreement import Agreement
from koor_provision.models.base import Sha256
from koor_provision.models.staff import Staff
from koor_provision.trust.keyring import Keyring

AGREEMENT = "agreement.yml"


@dataclass(frozen=True)
class AgreementsOnTrial:
    """All agreements with a customer, while OpenSSH is at work.

    Attributes:
        keyring: ours and the keys of the present agreement.
    """

    present: Examination[Agreement]
    former: tuple[Examination[Agreement], ...]
    keyring: Keyring

    @property
    def inputs(self) -> dict[str, Sha256]:
        """Digest of every file that was read."""
        return {one.item.content.name: one.item.content.sha256 for one in (*self.former, self.present)}


def read_agreements(folder: Path, staff: Staff, keyring: Keyring) -> AgreementsOnTrial:
    """Read them, and set OpenSSH to work.

    Raises:
        InputError: one is missing, malformed or unsigned, or names keys or persons that it must not.
    """
    former = [
        load(folder / AGREEMENTS, f"{number}.yml", Agreement, name=f"{AGREEMENTS}/{number}.yml")
        for number in numbers(folder, AGREEMENTS)
    ]
    every = [*former, load(folder, AGREEMENT, Agreement)]
    keyrings = [with_customer_keys(keyring, one.document, staff, one.content.name) for one in every]
    examined = [examine(every[0], keyrings[0])]
    examined += [examine(one, before) for (before, _), one in zip(pairwise(keyrings), every[1:], strict=True)]
    return AgreementsOnTrial(examined[-1], tuple(examined[:-1]), keyrings[-1])
