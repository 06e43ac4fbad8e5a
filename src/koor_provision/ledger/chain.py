"""The hash chain, pure: each receipt holds the digest of the one before, so none can be changed or taken out unseen."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

GENESIS = "0" * 64
Receipt = Mapping[str, Any]


def line(receipt: Receipt) -> str:
    """The one way to write a receipt: sorted keys, no spaces, ASCII."""
    return json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(text: str) -> str:
    """What the next receipt holds of this one."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def extend(last: str | None, content: Receipt) -> str:
    """The line that follows another one (or begins the ledger)."""
    number = 1 if last is None else json.loads(last)["number"] + 1
    return line({**content, "number": number, "previous": GENESIS if last is None else digest(last)})


def broken(lines: Iterable[str]) -> str | None:
    """What is wrong with the first line that does not hold, or None."""
    previous, expected = GENESIS, 1
    for text in lines:
        try:
            receipt = json.loads(text)
            number, before = receipt["number"], receipt["previous"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return f"receipt {expected} cannot be read"
        if number != expected or before != previous or text != line(receipt):
            return f"receipt {expected} was changed, or one before it was taken out"
        previous, expected = digest(text), expected + 1
    return None
