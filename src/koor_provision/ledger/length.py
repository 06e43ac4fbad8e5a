"""How long the ledger was: what shows that somebody put an earlier one in its place, head and all.

Kept apart from the ledger, in the folder of what this machine remembers, and written anew after every receipt while the
ledger is locked. A ledger may always be longer than that: whoever writes is torn away between the two at worst.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from koor_provision.ledger.chain import digest
from koor_provision.write import write_whole

COUNTED = "counted"
"""How many receipts were remembered when one was written: where the memory is gone as well, that shows."""


class Length(NamedTuple):
    """What is remembered.

    Attributes:
        number: of receipts; 0 where nothing is remembered.
        sha256: digest of the last one's line.
        trouble: why it cannot be read.
    """

    number: int = 0
    sha256: str = ""
    trouble: str = ""

    def broken(self, number: int, last: str | None, lines: Sequence[str] | None = None) -> str | None:
        """Why a ledger cannot be the one that was here; None if it can.

        Args:
            number: of receipts that it has now, and `last` the last one's line.
            lines: all of them, where they were read.
        """
        if self.trouble:
            return self.trouble
        if not self.number:
            counted = last is not None and COUNTED in json.loads(last)
            return "the memory of how many receipts it had is gone" if counted else None
        if number < self.number:
            return f"it has {number} receipts, and had {self.number} before"
        then = lines[self.number - 1] if lines else last if number == self.number else None
        changed = then is not None and digest(then) != self.sha256
        return f"receipt {self.number} is another one than it was" if changed else None


def length_path(ledger: Path) -> Path:
    """Where it is kept."""
    return ledger.parent / "memory" / ledger.with_suffix(".json").name


def recall(path: Path) -> Length:
    """Read it. What cannot be read is not taken for empty."""
    try:
        data: Any = json.loads(path.read_bytes())
        return Length(int(data["receipts"]), str(data["last_sha256"]))
    except FileNotFoundError:
        return Length()
    except OSError as error:
        return Length(trouble=f"the memory of how many receipts it had cannot be read: {error.strerror}")
    except (ValueError, KeyError, TypeError, RecursionError):
        return Length(trouble="the memory of how many receipts it had is damaged")


def remember(path: Path, lines: Sequence[str]) -> None:
    """Remember how long it is now.

    Raises:
        InputError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = {"receipts": len(lines), "last_sha256": digest(lines[-1])}
    write_whole(path, (json.dumps(content) + "\n").encode(), mode=0o600)
