"""Which mails were used for which order, so that none serves for two (threats page: Message-ID used once).

What is remembered is digests of digests: a Message-ID cannot be guessed, so neither can the customer behind it.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from koor_provision.errors import RefusedError
from koor_provision.ledger.store import Ledger
from koor_provision.models.mail import Says
from koor_provision.models.word import Word

Use = dict[str, str]
"""A mail, and what it was used for."""


def use(message: str, customer: str, offer: str) -> Use:
    """That a mail belongs to the order that came of an offer.

    Args:
        message: digest of the Message-ID.
    """
    return {
        "mail": hashlib.sha256(f"mail:{message}".encode()).hexdigest(),
        "use": hashlib.sha256(f"use:{message}:{customer}:{offer}".encode()).hexdigest(),
    }


def uses(words: Iterable[Word], customer: str, offer: str) -> list[Use]:
    """The uses of a case's mails. One that approves a document by its digest may lie in every case of the customer."""
    return [
        use(word.message, customer, offer)
        for word in words
        if word.message is not None and word.statement.says is not Says.APPROVAL
    ]


def refuse_reuse(ledger: Ledger, wanted: Iterable[Use]) -> None:
    """Hold uses against what the ledger knows.

    Raises:
        RefusedError: a mail was used for another order.
        RunError: the ledger does not hold.
    """
    mails = {one["mail"]: one["use"] for one in wanted}
    for receipt in ledger.receipts() if mails else ():
        for before in receipt.get("mails", ()):
            if mails.get(before["mail"], before["use"]) != before["use"]:
                raise RefusedError(
                    "this mail was used for another order before",
                    where=f"ledger, receipt {receipt['number']}",
                    hint="a mail says one thing once: ask the customer for a new one",
                )


def remember(ledger: Ledger, taken: list[Use], now: datetime) -> dict[str, Any]:
    """Write down that mails were taken in.

    Raises:
        RunError: the ledger cannot be written.
    """
    return ledger.append({"event": "mail", "time": now.astimezone(UTC).isoformat(timespec="seconds"), "mails": taken})
