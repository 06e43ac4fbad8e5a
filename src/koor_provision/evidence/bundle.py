"""The evidence bundle: a folder and the same as one archive beside it, each written whole or not at all."""

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.evidence.archive import pack
from koor_provision.evidence.manifest import MANIFEST, SIGNATURE, SUMS, manifest, sums
from koor_provision.models.evidence import Record
from koor_provision.write import write_whole

ROOM_BYTES = 16 << 20
"""More than any bundle with its archive has."""
_FORGOTTEN_SECONDS = 3600
_HINT = "name a new folder with space, or a file system that can be written: --evidence DIR"


_PLAN = re.compile(r"[0-9a-f]{16}")


def archive_of(folder: Path) -> Path:
    """Where the archive of a bundle's folder lies."""
    return folder.with_name(f"{folder.name}.tar.gz")


def prepare(folder: Path) -> None:
    """See to it, before anything is done, that evidence can be written to a folder.

    Raises:
        InputError: it or its archive exists, is a link, or its place cannot be written or is full.
    """
    for path in (folder, archive_of(folder)):
        if os.path.lexists(path) or os.path.islink(path.parent):  # noqa: PTH114  # Path's own raise for long names
            raise InputError("exists already, or is a link", where=str(path), hint="earlier evidence is kept: " + _HINT)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent)).rmdir()
        room = shutil.disk_usage(folder.parent).free
    except OSError as error:
        raise InputError(f"the evidence cannot be written: {error.strerror}", where=str(folder), hint=_HINT) from error
    if room < ROOM_BYTES:
        raise InputError(f"there is no room for the evidence, {ROOM_BYTES >> 20} MB", where=str(folder), hint=_HINT)


def _sweep(parent: Path) -> None:
    """Remove what a killed run had not finished writing; no run writes for an hour."""
    for leftover in parent.glob(".*.????????"):
        plan = leftover.name[1:-9]
        forgotten = time.time() - leftover.lstat().st_mtime > _FORGOTTEN_SECONDS
        if _PLAN.fullmatch(plan) and leftover.is_dir() and forgotten:
            shutil.rmtree(leftover, ignore_errors=True)


class Bundle:
    """The files about a run, with their manifest and sums.

    Args:
        files: by name; `plan.yml` is among them.

    Attributes:
        sums: what is to be signed.
        sha256: digest of that, which stands for the whole bundle.
    """

    def __init__(self, record: Record, files: Mapping[str, str | bytes]) -> None:
        contents = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
        contents[MANIFEST] = manifest(record, contents).written()
        self.sums = sums(contents)
        self.sha256 = hashlib.sha256(self.sums).hexdigest()
        self._files = {**contents, SUMS: self.sums}
        self._name = record.proposal.plan.plan

    def write(self, folder: Path, signature: bytes | None) -> None:
        """Write to a folder that does not exist yet, and the archive beside it.

        Args:
            signature: over the sums; None where nobody could sign.

        Raises:
            InputError: they cannot be written.
        """
        files = self._files if signature is None else {**self._files, SIGNATURE: signature}
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            try:
                for name, data in sorted(files.items()):
                    (unfinished / name).write_bytes(data)
                unfinished.rename(folder)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
        except OSError as error:
            raise InputError(
                f"the evidence cannot be written: {error.strerror}", where=str(folder), hint=_HINT
            ) from error
        write_whole(archive_of(folder), pack(self._name, files))
