"""The evidence bundle: written whole or not at all, with the digest of every file in SHA256SUMS."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from koor_provision.errors import InputError


def write_bundle(folder: Path, files: Mapping[str, str | bytes]) -> str:
    """Write a bundle.

    Args:
        folder: must not exist yet.
        files: name to content.

    Returns:
        SHA-256 of SHA256SUMS, which stands for the whole bundle.

    Raises:
        InputError: the folder cannot be written.
    """
    contents = {name: content.encode() if isinstance(content, str) else content for name, content in files.items()}
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(contents.items())
    ).encode()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for name, content in {**contents, "SHA256SUMS": sums}.items():
                (unfinished / name).write_bytes(content)
            unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except OSError as error:
        raise InputError(
            f"the evidence cannot be written: {error.strerror}",
            where=str(folder),
            hint="name a folder with space: --evidence DIR",
        ) from error
    return hashlib.sha256(sums).hexdigest()
