"""Writing a file whole or not at all."""

import os
import tempfile
from pathlib import Path

from koor_provision.errors import InputError


def write_new(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file that is not there yet: of two who try, one does.

    Raises:
        InputError: it is there, or the folder is missing, full or not writable.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode))
    except FileExistsError as error:
        raise InputError(
            "is there already, and nothing is overwritten",
            where=str(path),
            hint="look at it; if it is to be replaced, move it away and run the command again",
        ) from error
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        write_whole(path, data, mode)  # over the empty one, so that nobody reads half of it
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write to a file beside the target and move it there, so that a reader sees the old one or the new one.

    Raises:
        InputError: the folder is missing, full or not writable.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(descriptor, mode)
                os.fsync(descriptor)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as error:
        raise _cannot(path, error) from error


def _cannot(path: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot be written: {error.strerror}",
        where=str(path),
        hint="check the folder, its permissions and the free space",
    )
