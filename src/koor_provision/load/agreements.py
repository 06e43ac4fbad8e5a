"""The present agreement and those before it (R3): whose keys may sign which of them.

    agreements/001.yml, 002.yml, ...    former agreements, the first one first
    agreement.yml                       the present one

An agreement is examined with the keys of its predecessor, since only persons of the former list may change it; the
first one with its own.
"""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from koor_provision.load.customer_keys import with_customer_keys
from koor_provision.load.documents import examine, load
from koor_provision.load.words import AGREEMENTS, numbers
from koor_provision.models.agreement import Agreement
from koor_provision.models.documents import Signed
from koor_provision.models.staff import Staff
from koor_provision.trust.keyring import Keyring

AGREEMENT = "agreement.yml"


class Agreements(NamedTuple):
    """All agreements with a customer, and the keyring with the keys of the present one."""

    former: tuple[Signed[Agreement], ...]
    present: Signed[Agreement]
    keyring: Keyring


def read_agreements(folder: Path, staff: Staff, keyring: Keyring) -> Agreements:
    """Read and verify them.

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
    examined += [
        examine(one, _without_newcomers(before, after))
        for (before, after), one in zip(pairwise(keyrings), every[1:], strict=True)
    ]
    return Agreements(tuple(examined[:-1]), examined[-1], keyrings[-1])


def _without_newcomers(before: Keyring, after: Keyring) -> Keyring:
    """The keyring that an agreement is examined with, which knows why a key that only this one names does not count."""
    newcomers = {
        mark: f"{holder.person} is named by this agreement only, and who is named by the former one must sign it"
        for mark, holder in after.holders.items()
        if mark not in before.holders
    }
    return replace(before, barred={**before.barred, **newcomers})
