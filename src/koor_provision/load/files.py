"""Reading a file of unknown origin: once, bounded, without following it elsewhere."""

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import NamedTuple

from koor_provision.errors import InputError

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_PLAN_BYTES = 1024 * 1024


class Content(NamedTuple):
    """The bytes of a file, read once; everything that is said about the file is said about these bytes."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Hex digest, as `sha256sum` prints it."""
        return hashlib.sha256(self.data).hexdigest()


def read(path: Path, name: str, *, limit: int = MAX_DOCUMENT_BYTES, hint: str = "") -> Content:
    """Read a regular file.

    Args:
        name: how to call it in messages.

    Raises:
        InputError: missing, unreadable, a link or device, or larger than the limit.
    """
    try:
        # O_NONBLOCK: opening a named pipe must not wait for its writer. O_NOFOLLOW: a link could lead out of the case.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise InputError(
            "missing", where=name, hint=hint or "see `koor-provision sample DIR` for a complete example"
        ) from error
    except OSError as error:
        reason = "is a symbolic link" if error.errno == errno.ELOOP else f"cannot be read: {error.strerror}"
        raise InputError(reason, where=name, hint="documents are plain files that you can read") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InputError("is not a plain file", where=name, hint="documents are plain files")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=name, hint="check the disk it lies on") from error
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise InputError(
            f"larger than {limit // 1024} KiB",
            where=name,
            hint="no document of ours is that large; check that it is the right file",
        )
    return Content(name, data)


def lies(path: Path, name: str) -> bool:
    """Whether anything lies at a path; a link counts as itself. What cannot be looked at is not taken for nothing.

    Raises:
        InputError: a folder on the way is closed, or the name can be none.
    """
    return _mode(path, name) is not None


def is_file(path: Path, name: str) -> bool:
    """Whether a plain file lies at a path; a link is none.

    Raises:
        InputError: as `lies`.
    """
    return stat.S_ISREG(_mode(path, name) or 0)


def names_in(folder: Path, name: str, *, follow: bool = False) -> list[str]:
    """The names in a folder, sorted; none where nothing lies.

    Args:
        follow: a link to a folder will do, where the user named it.

    Raises:
        InputError: something else lies there, or it cannot be read.
    """
    mode = _mode(folder, name)
    if mode is None:
        return []
    if follow and stat.S_ISLNK(mode):
        return names_in(Path(os.path.realpath(folder)), name)
    if stat.S_ISLNK(mode):
        raise InputError("is a symbolic link", where=name, hint="a case's documents lie in its own folder")
    if not stat.S_ISDIR(mode):
        raise InputError("is not a folder", where=name, hint="move it away, or make it the folder with these documents")
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except OSError as error:
        raise _closed(error, name) from error


def _mode(path: Path, name: str) -> int | None:
    """What lies at a path (see `stat.S_IFMT`); None if nothing does."""
    try:
        return os.lstat(path).st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _closed(error, name) from error


def _closed(error: OSError, name: str) -> InputError:
    hint = "make it readable for you: chmod u+rX, or ask whoever owns it"
    if error.errno == errno.ENAMETOOLONG:
        hint = "no file can have such a name: check what you typed"
    return InputError(f"cannot be read: {error.strerror}", where=name, hint=hint)


def require_folder(path: Path, hint: str) -> Path:
    """The path, if it is a folder.

    Raises:
        InputError: it is none, or cannot be looked at.
    """
    if not os.path.isdir(path):  # noqa: PTH112  # Path.is_dir raises for a name that is too long or a folder that is closed
        raise InputError("no such folder", where=str(path), hint=hint)
    return path
