"""The ledger's file: append-only, one receipt a line, on the disk before anything goes on."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from koor_provision.errors import RunError
from koor_provision.ledger.chain import Receipt, broken, extend


def ledger_path() -> Path:
    """Where the ledger of this user lies."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "koor-provision" / "ledger.jsonl"


class Ledger:
    """The receipts of this machine. Safe with several processes: whoever writes holds a lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def receipts(self) -> list[dict[str, Any]]:
        """All receipts, oldest first.

        Raises:
            RunError: the chain is broken.
        """
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return [json.loads(text) for text in self._lines(file.read())]

    def append(self, content: Receipt) -> dict[str, Any]:
        """Add a receipt; it is on the disk when this returns.

        Raises:
            RunError: the chain is broken, or the file cannot be written.
        """
        with self._locked() as descriptor:
            data = _read_all(descriptor)
            whole = data[: data.rfind(b"\n") + 1]
            lines = self._lines(whole)
            text = extend(lines[-1] if lines else None, content)
            # A crash in the middle of a write leaves half a line without its end: it never counted, and goes.
            os.ftruncate(descriptor, len(whole))
            os.lseek(descriptor, 0, os.SEEK_END)
            os.write(descriptor, text.encode("ascii") + b"\n")
            os.fsync(descriptor)
        return json.loads(text)  # type: ignore[no-any-return]

    def _lines(self, data: bytes) -> list[str]:
        lines = data.decode("ascii", errors="replace").splitlines()
        if trouble := broken(lines):
            raise RunError(
                f"the ledger does not hold: {trouble}",
                where=str(self._path),
                hint="keep the file as evidence, find out who changed it, and restore it from your backup",
            )
        return lines

    @contextmanager
    def _locked(self) -> Iterator[int]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise RunError(
                f"cannot be written: {error.strerror}",
                where=str(self._path),
                hint="without a receipt nothing is run: check the folder and the free space",
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        except OSError as error:
            raise RunError(
                f"cannot be written: {error.strerror}",
                where=str(self._path),
                hint="without a receipt nothing is run: check the free space",
            ) from error
        finally:
            os.close(descriptor)


def _read_all(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)
