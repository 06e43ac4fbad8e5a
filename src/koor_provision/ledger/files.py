"""Bytes in and out of the ledger's file, down to the disk."""

import os
from pathlib import Path

_TAIL_BYTES = 64 * 1024


def read_all(descriptor: int) -> bytes:
    """Everything that a file holds."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def append_bytes(descriptor: int, end: int, data: bytes) -> None:
    """Cut the file off at its end as it is known, and write there; it is on the disk when this returns."""
    os.ftruncate(descriptor, end)
    os.lseek(descriptor, end, os.SEEK_SET)
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """See to it that the names in a folder are on the disk as they are now."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last_line(descriptor: int | None) -> str | None:
    """The last line that has its end, without reading the whole file; None if there is none."""
    if descriptor is None:
        return None
    size = os.lseek(descriptor, 0, os.SEEK_END)
    at = os.lseek(descriptor, max(0, size - _TAIL_BYTES), os.SEEK_SET)
    tail = os.read(descriptor, _TAIL_BYTES)
    if at and tail.count(b"\n") < 2:  # noqa: PLR2004  # a receipt longer than the tail
        tail = read_all(descriptor)
    lines = tail.decode("ascii", errors="replace").split("\n")[:-1]
    return lines[-1] if lines else None
