"""The ledger's file: append-only, one receipt a line, on the disk before anything goes on."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from koor_provision.errors import RefusedError, RunError
from koor_provision.ledger.chain import Receipt, broken, extend


def ledger_path() -> Path:
    """Where the ledger of this user lies."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "koor-provision" / "ledger.jsonl"


_TAIL_BYTES = 64 * 1024


class Ledger:
    """The receipts of this machine. Safe with several processes: whoever writes holds a lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def receipts(self) -> list[dict[str, Any]]:
        """All receipts, oldest first.

        Raises:
            RunError: the chain is broken, or the file cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                return [json.loads(text) for text in self._lines(file.read())]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._trouble("read", error) from error

    def last(self) -> tuple[int, datetime] | None:
        """Number and time of the last receipt, without proving the whole chain; None if there is none yet.

        Raises:
            RunError: it cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                tail = file.read()
                if tail.count(b"\n") < 2:  # noqa: PLR2004  # a receipt longer than the tail, or the only one
                    file.seek(0)
                    tail = file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._trouble("read", error) from error
        whole = tail[: tail.rfind(b"\n") + 1].splitlines()
        if not whole:
            return None
        try:
            receipt = json.loads(whole[-1])
            return int(receipt["number"]), datetime.fromisoformat(receipt["time"]).astimezone(UTC)
        except (ValueError, KeyError, TypeError) as error:
            raise self._broken("its last receipt cannot be read") from error

    def begin(self, content: Receipt) -> dict[str, Any]:
        """Add the first receipt of a plan.

        Raises:
            RefusedError: the plan has one already: it is good for one run.
            RunError: as `append`.
        """
        return self._add(content, once=True)

    def append(self, content: Receipt) -> dict[str, Any]:
        """Add a receipt; it is on the disk when this returns.

        Raises:
            RunError: the chain is broken, or the file cannot be written.
        """
        return self._add(content, once=False)

    def _add(self, content: Receipt, *, once: bool) -> dict[str, Any]:
        with self._locked() as descriptor:
            data = _read_all(descriptor)
            lines = self._lines(data)
            if once and any(json.loads(line).get("plan") == content["plan"] for line in lines):
                raise RefusedError(
                    "was run before", where=f"plan {content['plan']}", hint="a plan is good for one run: make a new one"
                )
            text = extend(lines[-1] if lines else None, content)
            os.ftruncate(descriptor, data.rfind(b"\n") + 1)
            os.lseek(descriptor, 0, os.SEEK_END)
            _write_all(descriptor, text.encode("ascii") + b"\n")
            os.fsync(descriptor)
        return json.loads(text)  # type: ignore[no-any-return]

    def _trouble(self, what: str, error: OSError) -> RunError:
        return RunError(
            f"cannot be {what}: {error.strerror}",
            where=str(self._path),
            hint="without a receipt nothing is run: check the folder, its permissions and the free space",
        )

    def _lines(self, data: bytes) -> list[str]:
        # A crash in the middle of a write leaves half a line without its end: it never counted.
        lines = data[: data.rfind(b"\n") + 1].decode("ascii", errors="replace").splitlines()
        if trouble := broken(lines):
            raise self._broken(trouble)
        return lines

    def _broken(self, trouble: str) -> RunError:
        return RunError(
            f"the ledger does not hold: {trouble}",
            where=str(self._path),
            hint="keep the file as evidence, find out who changed it, and restore it from your backup",
        )

    @contextmanager
    def _locked(self) -> Iterator[int]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise self._trouble("written", error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        except OSError as error:
            raise self._trouble("written", error) from error
        finally:
            os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _read_all(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)
