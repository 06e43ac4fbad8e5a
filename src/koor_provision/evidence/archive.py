"""The bundle as one `.tar.gz`, whose bytes follow from the files alone: sorted, no owner, no time, no compression.

Stored and not compressed (RFC 1951, section 3.2.4): what a compressor makes of the same bytes differs from one version
of zlib to the next, and a checker must be able to make the very same archive again. So every bit of it counts, and an
archive that is not ours is recognised without unpacking anything: nothing can be larger inside than outside.
"""

import re
import zlib
from bisect import bisect_left
from collections.abc import Mapping

BLOCK = 512
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # RFC 1952: deflate, no name, no time, no system
_GZIP_TAIL_BYTES = 8
_STORED_BYTES = 0xFFFF
_END = bytes(2 * BLOCK)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)


def may_be_named(name: str) -> bool:
    """Whether a file of a bundle may have this name: no folder, nothing hidden, nothing that a shell takes apart."""
    return bool(_NAME.fullmatch(name))


def pack(folder: str, files: Mapping[str, bytes]) -> bytes:
    """The archive of some files, below a folder of this name.

    Raises:
        ValueError: a file may not be named like that.
    """
    parts = []
    for name in sorted(files):
        if not may_be_named(name) or len(folder) >= 100 - 80:
            raise ValueError(f"no name for a file of a bundle: {name}")
        data = files[name]
        parts += [_header(f"{folder}/{name}", len(data)), data, bytes(-len(data) % BLOCK)]
    return _gzip(b"".join((*parts, _END)))


def unpack(data: bytes) -> tuple[str, dict[str, bytes]]:
    """The folder's name and the files.

    Raises:
        ValueError: it is not byte for byte what `pack` makes; says where it differs.
    """
    tar = _stored(data)
    top, files, at = "", dict[str, bytes](), 0
    while at + BLOCK <= len(tar) and tar[at] != 0:
        path = tar[at : at + 100].split(b"\0")[0].decode("ascii", errors="replace")
        top, _, name = path.partition("/")
        size = tar[at + 124 : at + 135]
        if not size.isdigit() or not may_be_named(top) or not may_be_named(name) or name in files:
            raise ValueError(f"its entry at byte {at} of the tar is none of ours")
        end = at + BLOCK + int(size, 8) if not set(size) - set(b"01234567") else len(tar) + 1
        if end > len(tar):
            raise ValueError(f"{name} is cut off")
        files[name] = tar[at + BLOCK : end]
        at = end + -end % BLOCK
    if not files:
        raise ValueError("it holds no file")
    try:
        again = pack(top, files)
    except ValueError as error:
        raise ValueError("it holds a folder that is none of ours") from error
    if again != data:
        raise ValueError(f"it differs from the archive of its own files from byte {_differ(again, data)} on")
    return top, files


def _differ(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their beginning."""
    return bisect_left(range(min(len(one), len(other))), x=True, key=lambda at: one[: at + 1] != other[: at + 1])


def _header(path: str, size: int) -> bytes:
    """A regular file in the ustar format (POSIX.1, pax, "ustar Interchange Format")."""
    fields = (
        (path.encode("ascii"), 100), (b"0000644", 8), (b"0000000", 8), (b"0000000", 8), (b"%011o" % size, 12),
        (b"00000000000", 12), (b" " * 8, 8), (b"0", 1), (b"", 100), (b"ustar", 6), (b"00", 2), (b"", 32), (b"", 32),
        (b"0000000", 8), (b"0000000", 8), (b"", 155), (b"", 12),
    )  # fmt: skip
    header = b"".join(text.ljust(length, b"\0") for text, length in fields)
    return header[:148] + b"%06o\0 " % sum(header) + header[156:]


def _gzip(data: bytes) -> bytes:
    parts = [_GZIP_HEAD]
    for at in range(0, len(data), _STORED_BYTES):
        chunk = data[at : at + _STORED_BYTES]
        length = len(chunk).to_bytes(2, "little")
        last = at + _STORED_BYTES >= len(data)
        parts += [bytes([last]), length, bytes(byte ^ 0xFF for byte in length), chunk]
    return b"".join((*parts, zlib.crc32(data).to_bytes(4, "little"), (len(data) & 0xFFFFFFFF).to_bytes(4, "little")))


def _stored(data: bytes) -> bytes:
    """What the blocks hold; that they are written in the one way shows when all is packed again."""
    if data[: len(_GZIP_HEAD)] != _GZIP_HEAD:
        raise ValueError("it does not begin as ours do")
    parts, at, last = [], len(_GZIP_HEAD), 0
    while not last:
        block = data[at : at + 5]
        if len(block) < 5 or block[0] > 1:  # noqa: PLR2004  # 1 is the last stored block, 0 any other
            raise ValueError(f"its block at byte {at} is not a stored one")
        last, length = block[0], int.from_bytes(block[1:3], "little")
        at += 5
        parts.append(data[at : at + length])
        at += length
    return b"".join(parts)
