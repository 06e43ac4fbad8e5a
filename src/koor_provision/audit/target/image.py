"""A look that is kept: compressed, in memory that the kernel lets nobody write any more."""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

SIZE = struct.Struct(">I")
CHUNK = 1 << 20
# From linux/fcntl.h; Python 3.9 names them in `fcntl`, but not on every build.
ADD_SEALS, ALL_SEALS = 1033, 0xF  # seal, shrink, grow, write


class Image:
    """Blocks in the order in which they were kept.

    Attributes:
        sha256: digest of what is kept.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        descriptor = os.memfd_create("koor-provision", os.MFD_CLOEXEC | 0x2)  # MFD_ALLOW_SEALING
        self._file: BinaryIO = os.fdopen(descriptor, "w+b")
        hashed, packer = hashlib.sha256(), zlib.compressobj(1)
        parts: list[bytes] = []
        size = 0
        for block in blocks:
            parts += (SIZE.pack(len(block)), block)
            size += len(block)
            if size > CHUNK:
                self._keep(packer.compress(b"".join(parts)), hashed)
                parts, size = [], 0
        self._keep(packer.compress(b"".join(parts)) + packer.flush(), hashed)
        self._file.flush()
        fcntl.fcntl(descriptor, ADD_SEALS, ALL_SEALS)
        self.sha256 = hashed.hexdigest()

    def __enter__(self) -> Image:  # noqa: PYI034  # `Self` is younger than the oldest Python there
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _keep(self, data: bytes, hashed: hashlib._Hash) -> None:
        self._file.write(data)
        hashed.update(data)

    def measured(self) -> str:
        """The digest, taken again of what is there now."""
        self._file.seek(0)
        hashed = hashlib.sha256()
        for data in iter(lambda: self._file.read(CHUNK), b""):
            hashed.update(data)
        return hashed.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """What was kept."""
        self._file.seek(0)
        unpacker, rest = zlib.decompressobj(), b""
        while True:
            data = self._file.read(CHUNK)
            rest += unpacker.decompress(data) if data else unpacker.flush()
            start = 0
            while len(rest) - start >= SIZE.size:
                (size,) = SIZE.unpack_from(rest, start)
                end = start + SIZE.size + size
                if len(rest) < end:
                    break
                yield rest[start + SIZE.size : end]
                start = end
            rest = rest[start:]
            if not data:
                return
