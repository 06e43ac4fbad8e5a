"""Starts the machines of an image, and compares them with each other."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

from koor_provision.images.boot.machines import Machine
from koor_provision.images.boot.offered import offer_of
from koor_provision.images.boot.trial import Check, Seen, Trial, starts
from koor_provision.images.record import Image

_AT_ONCE = 2
"""Machines side by side; each takes a core and a half."""


def boot(
    image: Image, disks: dict[str, str], chosen: Sequence[Machine], tag: str, folder: Path, tell: Callable[[Seen], None]
) -> list[Seen]:
    """Start the machines, two at a time, and each again as what it is started as afterwards.

    Args:
        tell: called when a start is done.
    """
    token, offer = secrets.token_hex(3), offer_of(image.record.components)

    def one(numbered: tuple[int, Machine]) -> list[Seen]:
        number, machine = numbered
        trial = Trial(disks[machine.file], image.disk_bytes, tag, folder, f"koor-image-boot-{token}-{number}", offer)
        seen = []
        for start in starts(machine, trial):
            tell(start)
            seen.append(start)
        return seen

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [start for found in pool.map(one, enumerate(chosen)) for start in found]


def check_differences(machines: Sequence[Seen]) -> Iterator[Check]:
    """No two machines have anything secret in common."""
    known = [(one.machine.name, one.identity) for one in machines if one.identity]
    for (left, mine), (right, theirs) in combinations(known, 2):
        shared = mine.shared_with(theirs)
        yield Check(f"{left} and {right} share no secret", f"the same on both: {', '.join(shared)}" if shared else "")
