"""Making a trust anchor: the one step in which a person, and no document, says whose key counts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from koor_provision.errors import RefusedError
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.company import cto_keys, load_company
from koor_provision.memory.anchors import Anchor, Anchors, change_anchors, new_memory_id, place
from koor_provision.memory.places import memory_file
from koor_provision.memory.seen import begin
from koor_provision.models.base import Fingerprint
from koor_provision.models.case import Company
from koor_provision.models.remembered import Remembered

_EVENT = "trust"


def propose(folder: Path, now: datetime) -> tuple[frozenset[Fingerprint], Company]:
    """The CTO's keys that a folder names, and its documents if one believes those.

    Raises:
        InputError: a document is missing or malformed.
        RefusedError: the folder does not even hold by itself.
    """
    keys = cto_keys(folder, now.date())
    if not keys:
        raise RefusedError(
            "the allowed signers are not signed by the CTO whom the staff register names",
            where=str(folder),
            hint="get the folder anew from where the company's documents are kept",
        )
    return keys, load_company(folder, Remembered(keys), now.date())[0]


def enrol(keys: frozenset[Fingerprint], company: Company) -> None:
    """Trust these keys from now on, and remember the versions as they are.

    The ledger comes first: whatever becomes of the rest, it is on record that trust was given anew.

    Raises:
        InputError: something cannot be written.
        RunError: the ledger cannot be written.
    """
    anchor = _anchor(keys, new_memory_id())
    versions = {kind: seen.version for kind, seen in company.versions.items()}
    number = _on_record(anchor, {"versions": versions})
    begin(anchor, company.versions, ledger=number)
    change_anchors(lambda known: known.model_copy(update={"company": anchor}))


def rotate(keys: frozenset[Fingerprint], before: Anchor) -> None:
    """Trust the CTO's new keys, which the old one vouches for. What was seen stays remembered.

    Raises:
        InputError: something cannot be written.
        RunError: the ledger cannot be written.
    """
    anchor = _anchor(keys, before.memory)
    _on_record(anchor, {"before": list(before.keys)})
    change_anchors(lambda known: known.model_copy(update={"company": anchor}))


def enrol_sample(folder: Path) -> None:
    """Trust a sample that was just written: in this very folder, and nowhere else.

    Raises:
        InputError: something cannot be written.
        RunError: the ledger cannot be read.
    """
    keys, company = propose(folder, datetime.now(UTC))
    last = Ledger(ledger_path()).last()
    anchor = _anchor(keys, new_memory_id())
    begin(anchor, company.versions, ledger=last[0] if last else 0)

    def add(known: Anchors) -> Anchors:
        kept = {}
        for path, sample in known.samples.items():
            if Path(path).is_dir():
                kept[path] = sample
            else:  # somebody threw the sample away
                memory_file(sample.memory).unlink(missing_ok=True)
        return known.model_copy(update={"samples": {**kept, place(folder): anchor}})

    change_anchors(add)


def trusted_before() -> bool:
    """Whether the ledger says that this machine had an anchor.

    Raises:
        RunError: the ledger is broken or cannot be read.
    """
    return any(receipt.get("event") == _EVENT for receipt in Ledger(ledger_path()).receipts())


def _anchor(keys: frozenset[Fingerprint], memory: str) -> Anchor:
    return Anchor(keys=tuple(sorted(keys)), enrolled=datetime.now(UTC), memory=memory)


def _on_record(anchor: Anchor, more: Mapping[str, Any]) -> int:
    """Write to the ledger whom this machine trusts; returns the receipt's number."""
    time = anchor.enrolled.isoformat(timespec="seconds")
    receipt = Ledger(ledger_path()).append({"event": _EVENT, "time": time, "keys": list(anchor.keys), **more})
    return int(receipt["number"])
