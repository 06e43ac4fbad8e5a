"""The ledger's files: append-only, one receipt a line, on the disk before anything goes on; and its signed head.

Whoever writes replaces the head first, as a whole, and appends the line then. So the head always holds the last
receipt: where the file lacks its end after a crash, the next one who writes puts it back.
"""

import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from koor_provision.errors import InputError, RefusedError, RunError
from koor_provision.ledger import head as heads
from koor_provision.ledger.chain import Receipt, extend
from koor_provision.ledger.files import append_bytes, last_line, read_all, sync_folder
from koor_provision.ledger.head import KEY, Head
from koor_provision.ledger.key import LOST, load_key, make_key
from koor_provision.ledger.length import COUNTED, Length, length_path, recall, remember
from koor_provision.trust.machine_key import MachineKey
from koor_provision.write import write_whole

RESTORE = "keep the folder as evidence, find out who changed it, and restore all of it from your backup"
SHORTER = (
    "without the receipts that are gone, nobody notices that a plan is run twice: find out who changed the folder, and "
    "restore all of it from your backup. If they are lost for good: koor-provision ledger key --new puts that on record"
)


def ledger_path() -> Path:
    """Where the ledger of this user lies."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "koor-provision" / "ledger.jsonl"


def _tell(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


class Ledger:
    """The receipts of this machine. Safe with several processes: whoever writes holds a lock.

    Args:
        tell: gets what a person should hear: a key was made, an old ledger was taken over, an end was put back.
    """

    def __init__(self, path: Path, tell: Callable[[str], None] = _tell) -> None:
        self._path = path
        self._tell = tell
        self.head_path = path.with_suffix(".head")
        self.key_path = path.with_suffix(".key")
        self.length_path = length_path(path)

    def receipts(self) -> list[dict[str, Any]]:
        """All receipts, oldest first.

        Raises:
            RunError: the chain or its head is broken, or a file cannot be read.
        """
        return self.look()[0]

    def look(self) -> tuple[list[dict[str, Any]], Head | None, bool]:
        """All receipts; the head, None before there was one; and whether the last write was interrupted.

        Raises:
            RunError: as `receipts`.
        """
        with self._reading() as (descriptor, before):
            head = self._head() if descriptor is not None else None
            lines, missing = self._settled(read_all(descriptor), head) if descriptor is not None else ([], b"")
        self._hold(before, len(lines), lines[-1] if lines else None, lines)
        return [json.loads(text) for text in lines], head, bool(missing)

    def last(self) -> tuple[int, datetime] | None:
        """Number and time of the last receipt, without proving the whole chain; None if there is none yet.

        Raises:
            RunError: it cannot be read.
        """
        with self._reading() as (descriptor, before):
            head = self._head() if descriptor is not None else None
            text = head.last if head else last_line(descriptor)
        if text is None:
            self._hold(before, 0, None)
            return None
        try:
            receipt = json.loads(text)
            self._hold(before, int(receipt["number"]), text)
            return int(receipt["number"]), datetime.fromisoformat(receipt["time"]).astimezone(UTC)
        except (ValueError, KeyError, TypeError, OverflowError) as error:  # the last: a time beyond the calendar
            raise self.broken("its last receipt cannot be read") from error

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
            RunError: the chain is broken, the key is gone, or a file cannot be written.
        """
        return self._add(content)

    def new_key(self, now: datetime) -> MachineKey:
        """Sign with a new key from now on, whatever became of the old one; a receipt says so.

        Raises:
            RunError: as `append`, but for the old key.
        """
        time = now.astimezone(UTC).isoformat(timespec="seconds")
        self._add({"event": "key", "time": time}, new_key=True)
        key = load_key(self.key_path)
        assert key is not None  # noqa: S101  # it was just made
        return key

    def broken(self, trouble: str) -> RunError:
        """What to raise where the ledger does not hold."""
        return RunError(f"the ledger does not hold: {trouble}", where=str(self._path), hint=RESTORE)

    def _add(self, content: Receipt, *, once: bool = False, new_key: bool = False) -> dict[str, Any]:
        with self._writing() as descriptor:
            before, head, data = recall(self.length_path), self._head(), read_all(descriptor)
            lines, missing = self._settled(data, head)
            if trouble := before.broken(len(lines), lines[-1] if lines else None, lines):
                if not new_key:
                    raise self._another(trouble)
                content = {**content, "lost": trouble}
            if once and any(json.loads(line).get("plan") == content["plan"] for line in lines):
                raise RefusedError(
                    "was run before", where=f"plan {content['plan']}", hint="a plan is good for one run: make a new one"
                )
            if missing:
                append_bytes(descriptor, len(data), missing)
                self._tell(f"receipt {len(lines)} was put back: the last write to the ledger was interrupted")
            signer = head.key if head else None
            key = make_key(self.key_path) if new_key else self._key(head)
            if signer != key.fingerprint:
                self._introduce(key, lines, signer)
                content = {**content, "previous_key": signer} if signer else content
            # Not before one was: a crash may come between the first receipt and its count.
            counted = {COUNTED: before.number} if before.number else {}
            text = extend(lines[-1] if lines else None, {**content, KEY: key.fingerprint, **counted})
            end = sum(len(line) + 1 for line in lines)
            write_whole(self.head_path, heads.write([*lines, text], key), mode=0o600)
            sync_folder(self._path.parent)  # the receipt counts from here on
            append_bytes(descriptor, end, f"{text}\n".encode("ascii"))
            remember(self.length_path, [*lines, text])
        return json.loads(text)  # type: ignore[no-any-return]

    def _key(self, head: Head | None) -> MachineKey:
        key = load_key(self.key_path)
        if head is None:
            return key or make_key(self.key_path)
        if key is None or key.fingerprint != head.key:
            trouble = "is gone" if key is None else "is another one"
            raise RunError(
                f"the key {head.key} that signs the ledger's head {trouble}", where=str(self.key_path), hint=LOST
            )
        return key

    def _introduce(self, key: MachineKey, lines: list[str], before: str | None) -> None:
        if before is None and lines:
            self._tell(
                "the ledger was written by an earlier version, which did not sign its end: "
                f"its {len(lines)} receipts are taken over as they are"
            )
        self._tell(
            f"the ledger is signed with {key.fingerprint} from now on; write that down elsewhere, "
            f"and keep {self._path.parent} in your backup"
        )

    def _hold(self, before: Length, number: int, last: str | None, lines: list[str] | None = None) -> None:
        if trouble := before.broken(number, last, lines):
            raise self._another(trouble)

    def _another(self, trouble: str) -> RunError:
        return RunError(f"the ledger is not the one that was here: {trouble}", where=str(self._path), hint=SHORTER)

    def _head(self) -> Head | None:
        try:
            return heads.read(self.head_path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._trouble("read", error.strerror) from error
        except ValueError as error:
            raise self.broken(str(error)) from error

    def _settled(self, data: bytes, head: Head | None) -> tuple[list[str], bytes]:
        try:
            return heads.settle(data, head)
        except ValueError as error:
            raise self.broken(str(error)) from error

    def _trouble(self, what: str, why: str | None) -> RunError:
        return RunError(
            f"cannot be {what}: {why}",
            where=str(self._path),
            hint="without a receipt nothing is run: check the folder, its permissions and the free space",
        )

    @contextmanager
    def _reading(self) -> Iterator[tuple[int | None, Length]]:
        """The file, locked against who writes, None if there is neither that nor a head; and how long it was."""
        before = recall(self.length_path)  # first of all, too: somebody may begin a ledger meanwhile
        signed = self.head_path.exists()  # asked first: whoever makes a head has made the file before
        descriptor = self._open()
        try:
            if descriptor is not None:
                fcntl.flock(descriptor, fcntl.LOCK_SH)
                before = recall(self.length_path)
            elif signed:
                raise self.broken("it is gone, and its signed head is there")
            yield descriptor, before
        except OSError as error:
            raise self._trouble("read", error.strerror) from error
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _open(self) -> int | None:
        try:
            return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._trouble("read", error.strerror) from error

    @contextmanager
    def _writing(self) -> Iterator[int]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise self._trouble("written", error.strerror) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        except OSError as error:
            raise self._trouble("written", error.strerror) from error
        except InputError as error:
            raise RunError(error.message, where=error.where, hint=self._trouble("written", "").hint) from error
        finally:
            os.close(descriptor)
