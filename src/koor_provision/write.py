"""Writing a file whole or not at all."""

import os
import tempfile
from pathlib import Path

from koor_provision.errors import InputError


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
        raise InputError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            hint="check the folder, its permissions and the free space",
        ) from error
