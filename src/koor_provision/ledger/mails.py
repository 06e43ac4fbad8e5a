"""Which mails and papers were used for which order, so that none serves for two (Message-ID used once).

What is remembered is digests of digests: a Message-ID cannot be guessed, so neither can the customer behind it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from koor_provision.errors import RefusedError
from koor_provision.ledger.store import Ledger
from koor_provision.models.word import Used

Use = dict[str, str]
"""A mail or paper, and what it was used for, as a receipt holds it."""


def uses(taken: Iterable[Used]) -> list[Use]:
    """What a receipt is to hold."""
    return [{"mail": one.mail, "use": one.use} for one in taken]


def known(ledger: Ledger) -> dict[str, tuple[str, int]]:
    """By mail or paper: what it was used for first, and the number of that receipt.

    Raises:
        RunError: the ledger does not hold.
    """
    found: dict[str, tuple[str, int]] = {}
    for receipt in ledger.receipts():
        for one in receipt.get("mails", ()):
            found.setdefault(one["mail"], (one["use"], receipt["number"]))
    return found


def refuse_reuse(ledger: Ledger, wanted: Iterable[Use]) -> None:
    """Hold uses against what the ledger knows.

    Raises:
        RefusedError: a mail or paper was used for another order.
        RunError: the ledger does not hold.
    """
    wanted = list(wanted)
    before = known(ledger) if wanted else {}
    for one in wanted:
        use, number = before.get(one["mail"], (one["use"], 0))
        if use != one["use"]:
            raise RefusedError(
                "this mail or paper was used for another order before",
                where=f"ledger, receipt {number}",
                hint="a mail or paper says one thing once: ask the customer for a new one",
            )


def remember(ledger: Ledger, taken: list[Use], now: datetime) -> dict[str, Any]:
    """Write down that mails or papers were taken in.

    Raises:
        RunError: the ledger cannot be written.
    """
    return ledger.append({"event": "mail", "time": now.astimezone(UTC).isoformat(timespec="seconds"), "mails": taken})
