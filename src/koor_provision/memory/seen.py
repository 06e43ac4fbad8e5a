"""The highest version seen of every document, and when: an older one, or another one of the same version, is refused.

What is lost is not taken for empty: an anchor whose memory is gone trusts nothing until somebody says so. A folder that
cannot be written is no reason to refuse as long as there is nothing new to remember.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from koor_provision.errors import InputError, RefusedError
from koor_provision.memory.anchors import Anchor, MemoryId
from koor_provision.memory.places import load, locked, memory_file, save
from koor_provision.models.base import Count, Model, Moment, Sha256
from koor_provision.models.remembered import Remembered, Seen, regress

TOLERANCE = timedelta(minutes=2)
"""Processes side by side do not read the clock at the same moment, and time services correct it by seconds."""


class Memory(Model):
    """What was seen of one company.

    Attributes:
        documents: by kind.
        agreements: by what stands for the customer.
        clock: the latest time at which something was written here.
        ledger: how many receipts the ledger had then.
    """

    memory: MemoryId
    documents: dict[str, Seen]
    agreements: dict[Sha256, Seen]
    clock: Moment
    ledger: Count

    def remembered(self, anchor: Anchor) -> Remembered:
        """For those who judge."""
        return Remembered(frozenset(anchor.keys), self.documents, self.agreements, self.memory)


def recall(anchor: Anchor) -> Memory:
    """Read the memory of an anchor.

    Raises:
        RefusedError: it is gone, damaged or another one's.
    """
    path = memory_file(anchor.memory)
    restore = (
        "restore the file from your backup. If it is lost for good, compare the versions of the company's documents "
        "with whoever keeps them, and begin anew: koor-provision trust DIR --replace"
    )
    memory = load(path, Memory, restore)
    if memory is None or memory.memory != anchor.memory:
        raise RefusedError(
            f"the memory of the versions seen since {anchor.enrolled.date()} is gone, so older ones would go unnoticed",
            where=str(path),
            hint=restore,
        )
    return memory


def begin(anchor: Anchor, documents: Mapping[str, Seen], *, ledger: int) -> None:
    """Write the first memory of an anchor.

    Args:
        ledger: how many receipts the ledger has.

    Raises:
        InputError: it cannot be written.
    """
    path = memory_file(anchor.memory)
    first = Memory(memory=anchor.memory, documents=dict(documents), agreements={}, clock=anchor.enrolled, ledger=ledger)
    with locked(path):
        save(path, first)


def remember(
    anchor: Anchor, documents: Mapping[str, Seen], agreements: Mapping[Sha256, Seen], now: datetime, ledger: int
) -> None:
    """Remember what was proven. Another process may have seen something newer meanwhile, so it is judged again.

    Args:
        ledger: how many receipts the ledger has.

    Raises:
        RefusedError: something is older than what is remembered by now, or cannot be remembered.
    """
    before = recall(anchor)
    after = _grown(before, documents, agreements, now, ledger)
    learned = (after.documents, after.agreements) != (before.documents, before.agreements)
    if not learned and now.date() <= before.clock.date():
        return
    path = memory_file(anchor.memory)
    try:
        with locked(path):
            save(path, _grown(recall(anchor), documents, agreements, now, ledger))
    except InputError as error:
        if not learned:
            return  # only the day is new: the ledger's last receipt stands for it
        raise RefusedError(
            f"newer documents than ever before were seen, and this cannot be remembered: {error.message}",
            where=str(path),
            hint="make the folder writable for you: what is not remembered could be rolled back unseen",
        ) from error


def _grown(
    memory: Memory, documents: Mapping[str, Seen], agreements: Mapping[Sha256, Seen], now: datetime, ledger: int
) -> Memory:
    return memory.model_copy(
        update={
            "documents": _newest(memory.documents, documents, "company"),
            "agreements": _newest(memory.agreements, agreements, "agreement.yml"),
            "clock": max(memory.clock, now),
            "ledger": max(memory.ledger, ledger),
        }
    )


def _newest(before: Mapping[str, Seen], present: Mapping[str, Seen], where: str) -> dict[str, Seen]:
    for name, seen in present.items():
        if reason := regress(seen, before.get(name)):
            raise RefusedError(reason, where=where, hint="get the present documents, and run the same command again")
    return {**before, **present}


def must_not_be_past(now: datetime, memory: Memory, last: tuple[int, datetime] | None) -> None:
    """The clock has not gone back, and the ledger is still there.

    Args:
        last: number and time of the ledger's last receipt; None where it is empty.

    Raises:
        RefusedError: documents that expired would be valid again, or a plan could be run a second time.
    """
    number, written = last or (0, memory.clock)
    if number < memory.ledger:
        raise RefusedError(
            f"the ledger has {number} receipts, and had {memory.ledger} before",
            where="ledger.jsonl",
            hint="restore it from your backup: without it nobody notices that a plan is run a second time. If it "
            "is lost for good: koor-provision ledger key --new, and koor-provision trust DIR --replace",
        )
    for what, then in (
        ("this machine last saw documents", memory.clock),
        ("the ledger's last receipt was written", written),
    ):
        if then - now > TOLERANCE:
            raise RefusedError(
                f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, but {what} at {then:%Y-%m-%d %H:%M} UTC",
                where="clock",
                hint="set the clock (timedatectl); if it was wrong before: koor-provision trust DIR --replace",
            )
