"""Hyper-V's disk: qemu writes it, and gives it random identities. Here they are made to follow from the image's name.

By Microsoft's published format, [MS-VHDX]: two headers with a checksum, two region tables, and a table of metadata.
"""

import struct
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from koor_provision.errors import RunError

_KIB = 1024
_HEADERS, _HEADER_BYTES = (64 * _KIB, 128 * _KIB), 4 * _KIB
_REGIONS = 192 * _KIB
_METADATA_REGION = UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e")
_PAGE_83 = UUID("beca12ab-b2e6-4523-93ef-c309e000c746")
_CHECKSUM, _SEQUENCE, _FILE_WRITE, _DATA_WRITE, _LOG, _LOG_PLACE = 4, 8, 16, 32, 48, 68
_ENTRY = 32
_POLYNOMIAL = 0x82F63B78


def settle(file: Path, identity: UUID) -> None:
    """Give a dynamic VHDX that nobody has opened yet an identity.

    Raises:
        RunError: the file is not as qemu writes it.
    """
    with file.open("r+b") as disk:
        for number, place in enumerate(_HEADERS, 1):
            disk.seek(place)
            header = bytearray(disk.read(_HEADER_BYTES))
            if header[:4] != b"head" or any(header[_LOG : _LOG + 16]):
                raise _odd(file)
            header[_FILE_WRITE : _FILE_WRITE + 16] = header[_DATA_WRITE : _DATA_WRITE + 16] = identity.bytes_le
            # Counted from a random number by qemu. The two say the same; the one with the higher number is read.
            struct.pack_into("<Q", header, _SEQUENCE, number)
            length, log = struct.unpack_from("<IQ", header, _LOG_PLACE)
            struct.pack_into("<I", header, _CHECKSUM, 0)
            struct.pack_into("<I", header, _CHECKSUM, crc32c(bytes(header)))
            disk.seek(place)
            disk.write(header)
            disk.seek(log)  # what was logged while it was written is over
            disk.write(bytes(length))
        disk.seek(_REGIONS)
        metadata = _find(disk.read(64 * _KIB), _REGION_TABLE, _METADATA_REGION)
        if metadata < 0:
            raise _odd(file)
        disk.seek(metadata)
        item = _find(disk.read(64 * _KIB), _METADATA_TABLE, _PAGE_83)
        if item < 0:
            raise _odd(file)
        disk.seek(metadata + item)
        disk.write(identity.bytes_le)


class _Table(NamedTuple):
    """How a table is written: its mark, where the number of entries stands, where they begin, their places' form."""

    mark: bytes
    count_at: int
    first: int
    form: str


_REGION_TABLE = _Table(b"regi", 8, 16, "<Q")
_METADATA_TABLE = _Table(b"metadata", 10, 32, "<I")


def _find(data: bytes, table: _Table, wanted: UUID) -> int:
    """Where the table says that something lies; -1 where it does not."""
    (count,) = struct.unpack_from("<H", data, table.count_at)
    for at in range(table.first, table.first + count * _ENTRY, _ENTRY):
        if data.startswith(table.mark) and data[at : at + 16] == wanted.bytes_le:
            return int(struct.unpack_from(table.form, data, at + 16)[0])
    return -1


def _odd(file: Path) -> RunError:
    return RunError(
        "is not as it should have been written", where=str(file), hint="build again; report it if it stays so"
    )


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli), which the format asks for."""
    value = 0xFFFF_FFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value ^ 0xFFFF_FFFF
