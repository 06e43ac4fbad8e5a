"""Which runs on a server have no end in the ledger, without the ledger saying which server that is.

A receipt holds a digest over its plan's identifier and the server's machine-id. Whoever looks at that server knows the
second and can ask; whoever only has the ledger learns nothing, not even which two runs were on the same one.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from koor_provision.ledger.chain import Receipt, digest

STARTED = "started"
TOLD = frozenset({"passed", "partly audited", "out of scope"})
"""Ends of runs whose evidence says what of the runs before them was not audited."""


class Earlier(NamedTuple):
    """What the ledger says of the runs on one server.

    Attributes:
        open: plans of runs that have no end, and when they began.
        settled: plans of those that a later run finished.
    """

    open: dict[str, datetime]
    settled: frozenset[str]


def server_mark(plan: str, machine_id: str) -> str:
    """What a receipt holds of the server of its plan."""
    return digest(f"{plan}:{machine_id}")


def earlier(receipts: Iterable[Receipt], machine_id: str) -> Earlier:
    """Pick out the runs on a server."""
    began: dict[str, datetime] = {}
    settled: set[str] = set()
    for receipt in receipts:
        plan = str(receipt.get("plan", ""))
        if receipt.get("event") == STARTED:
            if receipt.get("server") == server_mark(plan, machine_id):
                began[plan] = _moment(receipt)
        elif plan:
            began.pop(plan, None)
            settled |= {str(one) for one in receipt.get("finishes", ())} if receipt.get("event") in TOLD else set()
    return Earlier({plan: then for plan, then in began.items() if plan not in settled}, frozenset(settled))


def _moment(receipt: Receipt) -> datetime:
    said: Any = receipt.get("time", "")
    return datetime.fromisoformat(str(said)).astimezone(UTC)
