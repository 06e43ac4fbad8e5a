"""Looking at a whole ledger: whether it holds, with which key it is signed, and which runs have no end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koor_provision.errors import RunError
from koor_provision.ledger.head import KEY
from koor_provision.ledger.key import LOST, load_key
from koor_provision.ledger.store import Ledger
from koor_provision.models.base import Fingerprint


@dataclass(frozen=True)
class Inspection:
    """What a ledger that holds says of itself.

    Attributes:
        key: signed the head; None where there is none yet.
        unsigned: how many receipts are from before there was a signed head.
        unfinished: plans whose run has no receipt of its end: killed, or still going on.
    """

    receipts: int
    last: str
    key: Fingerprint | None
    unsigned: int
    unfinished: tuple[str, ...]


def inspect(ledger: Ledger) -> Inspection:
    """Verify everything that there is to verify; nothing is written.

    Raises:
        RunError: the first thing that does not hold.
    """
    receipts, head, interrupted = ledger.look()
    _keys_follow(ledger, receipts)
    if interrupted:
        raise RunError(
            f"receipt {len(receipts)} is not whole in the file: its write was interrupted, or it was cut off",
            where=str(ledger.head_path.with_suffix(".jsonl")),
            hint="nothing is lost, since the signed head has it: the next receipt that is written puts it back",
        )
    if head:
        key = load_key(ledger.key_path)
        if key is None or key.fingerprint != head.key:
            what = "gone" if key is None else "another one"
            raise RunError(
                f"is {what}, so nothing can be added: the head is signed with {head.key}",
                where=str(ledger.key_path),
                hint=LOST,
            )
    return Inspection(
        receipts=len(receipts),
        last=str(receipts[-1].get("time", "")) if receipts else "",
        key=head.key if head else None,
        unsigned=sum(KEY not in receipt for receipt in receipts),
        unfinished=_unfinished(receipts),
    )


def _keys_follow(ledger: Ledger, receipts: Sequence[Mapping[str, Any]]) -> None:
    """Every receipt since the first signed one names a key, and it changes only where that is said."""
    present = None
    for receipt in receipts:
        named = receipt.get(KEY)
        said = receipt["event"] == "key" and receipt.get("previous_key") == present
        if named != present and present is not None and not said:
            raise ledger.broken(f"receipt {receipt['number']} changes the key without saying so")
        present = named


def _unfinished(receipts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    plans: dict[str, bool] = {}
    for receipt in receipts:
        if "plan" in receipt:
            plans[str(receipt["plan"])] = receipt["event"] == "started"
    return tuple(plan for plan, going_on in plans.items() if going_on)
