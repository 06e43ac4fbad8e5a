"""The evidence bundle: written whole or not at all, with the digest of every file in SHA256SUMS."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from koor_provision.errors import InputError

_HINT = "name a new folder with space, or a file system that can be written: --evidence DIR"


def prepare(folder: Path) -> None:
    """See to it, before anything is done, that evidence can be written to a folder.

    Raises:
        InputError: it exists, is a link, or its place cannot be written.
    """
    if folder.exists() or folder.is_symlink() or folder.parent.is_symlink():
        raise InputError("exists already, or is a link", where=str(folder), hint="earlier evidence is kept: " + _HINT)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent)).rmdir()
    except OSError as error:
        raise InputError(f"the evidence cannot be written: {error.strerror}", where=str(folder), hint=_HINT) from error


class Bundle:
    """Files for the customer.

    Attributes:
        sha256: digest of SHA256SUMS, which stands for the whole bundle.
    """

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        contents = {name: text.encode() if isinstance(text, str) else text for name, text in sorted(files.items())}
        sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in contents.items()).encode()
        self._files = {**contents, "SHA256SUMS": sums}
        self.sha256 = hashlib.sha256(sums).hexdigest()

    def write(self, folder: Path) -> None:
        """Write to a folder that does not exist yet.

        Raises:
            InputError: the folder cannot be written.
        """
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            try:
                for name, data in self._files.items():
                    (unfinished / name).write_bytes(data)
                unfinished.rename(folder)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
        except OSError as error:
            raise InputError(
                f"the evidence cannot be written: {error.strerror}", where=str(folder), hint=_HINT
            ) from error
