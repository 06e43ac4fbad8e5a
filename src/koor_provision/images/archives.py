"""Packing for hand-over: fixed order, times and owners, so that the same content gives the same bytes."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

_CHUNK = 1 << 20
_LEVEL = 2
"""Of zip: one core works for as long as the others do on their disks; higher ones save little."""

Part = Path | bytes


def tar(target: Path, parts: Mapping[str, Part], epoch: int) -> None:
    """Write a plain tar (ustar), the members in the given order: what OVA and Vagrant want."""
    with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, part in parts.items():
            header = tarfile.TarInfo(name)
            header.mode, header.mtime, header.size = 0o644, epoch, _size(part)
            if isinstance(part, Path):
                with part.open("rb") as file:
                    archive.addfile(header, file)
            else:
                archive.addfile(header, io.BytesIO(part))


def zipped(target: Path, parts: Mapping[str, Part], epoch: int) -> None:
    """Write a zip, the members in the given order."""
    moment = datetime.fromtimestamp(epoch, UTC)
    time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, time)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=_size(part) > 1 << 30) as out:
                if isinstance(part, bytes):
                    out.write(part)
                    continue
                with part.open("rb") as file:
                    while data := file.read(_CHUNK):
                        out.write(data)


def _size(part: Part) -> int:
    return part.stat().st_size if isinstance(part, Path) else len(part)


def sha256(part: Part) -> str:
    """The digest of a file or of bytes."""
    if isinstance(part, bytes):
        return hashlib.sha256(part).hexdigest()
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
