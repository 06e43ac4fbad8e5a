"""Where trust is kept, and how it is changed: by one process at a time, whole or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from koor_provision.errors import InputError, RefusedError
from koor_provision.models.base import Model
from koor_provision.write import write_whole

M = TypeVar("M", bound=Model)


def anchors_file() -> Path:
    """Whose keys this user trusts: configuration, worth a backup."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "koor-provision" / "anchors.json"


def memory_file(name: str) -> Path:
    """What was seen of one company."""
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(home) / "koor-provision" / "memory" / f"{name}.json"


def load(path: Path, model: type[M], hint: str) -> M | None:
    """Read one of the files; None if it is not there.

    Args:
        hint: what to do where it cannot be read.

    Raises:
        RefusedError: damaged or unreadable. What cannot be read is not taken for empty.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RefusedError(f"cannot be read: {error.strerror}", where=str(path), hint=hint) from error
    except ValidationError as error:
        raise RefusedError("is damaged", where=str(path), hint=hint) from error


def save(path: Path, content: Model) -> None:
    """Write one of the files.

    Raises:
        InputError: the folder is full or not writable.
    """
    write_whole(path, (content.model_dump_json(indent=1) + "\n").encode(), mode=0o600)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile. The lock lies beside it, since the file itself is replaced.

    Raises:
        InputError: the folder cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path.with_name(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", where=str(path), hint="check the folder and its permissions"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
