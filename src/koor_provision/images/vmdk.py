"""VMware's stream-optimised disk, by its published specification (Virtual Disk Format 5.0): written in one go.

Written here since Debian has no maintained program for it: some ESX hosts refuse how qemu writes this variant, and qemu
gives each disk a random identity, so that no two builds would be the same. All numbers are little-endian.
"""

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from koor_provision.images.layout import SECTOR

GRAIN_SECTORS = 128
GRAIN_BYTES = GRAIN_SECTORS * SECTOR
_GRAINS_A_TABLE = 512
_TABLE_SECTORS = _GRAINS_A_TABLE * 4 // SECTOR
_OVERHEAD = 128  # sectors before the first grain
_DESCRIPTOR_AT, _DESCRIPTOR_SECTORS = 1, 20
_AT_THE_END = 0xFFFF_FFFF_FFFF_FFFF
_FLAGS = 0x30001  # newlines can be checked, grains are compressed, markers are there
_LEVEL = 4
"""Higher ones take twice the time and save one file in thirty."""
_END, _TABLE, _DIRECTORY, _FOOTER = 0, 1, 2, 3
_HEADS, _TRACK = 255, 63
_AT_ONCE = 256
ZERO = bytes(GRAIN_BYTES)


def write_vmdk(disk: Path, target: Path, name: str, content_id: int, progress: Callable[[int], None]) -> None:
    """Write a raw disk as a stream-optimised one.

    Args:
        name: what the disk's file is called where it is imported.
        content_id: 32 bits that stand for the content; the same for the same image.
        progress: told now and then how many grains are written; those that hold nothing do not count.
    """
    capacity = disk.stat().st_size // SECTOR
    with disk.open("rb") as source, target.open("wb") as out:
        out.write(_header(capacity, _AT_THE_END))
        descriptor = _descriptor(capacity, name, content_id).encode("ascii")
        out.write(descriptor.ljust(_DESCRIPTOR_SECTORS * SECTOR, b"\0"))
        out.write(bytes((_OVERHEAD - _DESCRIPTOR_AT - _DESCRIPTOR_SECTORS) * SECTOR))
        directory = _grains(source, out, capacity, progress)
        packed = struct.pack(f"<{len(directory)}I", *directory)
        packed += bytes(-len(packed) % SECTOR)
        _marker(out, len(packed) // SECTOR, _DIRECTORY)
        at = out.tell() // SECTOR
        out.write(packed)
        _marker(out, 1, _FOOTER)
        out.write(_header(capacity, at))
        _marker(out, 0, _END)


def _grains(source: BinaryIO, out: BinaryIO, capacity: int, progress: Callable[[int], None]) -> list[int]:
    """Write every grain that holds something, after each stretch of them its table; returns where the tables lie."""
    tables = -(-capacity // (GRAIN_SECTORS * _GRAINS_A_TABLE))
    directory = [0] * tables
    table: dict[int, int] = {}
    present = -1
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for written, (number, data) in enumerate(_compressed(source, pool)):
            if number // _GRAINS_A_TABLE != present:
                _end_table(out, directory, present, table)
                present, table = number // _GRAINS_A_TABLE, {}
                progress(written)
            table[number % _GRAINS_A_TABLE] = out.tell() // SECTOR
            entry = struct.pack("<QI", number * GRAIN_SECTORS, len(data)) + data
            out.write(entry + bytes(-len(entry) % SECTOR))
    _end_table(out, directory, present, table)
    return directory


def _end_table(out: BinaryIO, directory: list[int], number: int, table: dict[int, int]) -> None:
    if table:
        _marker(out, _TABLE_SECTORS, _TABLE)
        directory[number] = out.tell() // SECTOR
        out.write(struct.pack(f"<{_GRAINS_A_TABLE}I", *(table.get(one, 0) for one in range(_GRAINS_A_TABLE))))


def _compressed(source: BinaryIO, pool: ThreadPoolExecutor) -> Iterator[tuple[int, bytes]]:
    """Grains in order, compressed on all cores, a batch ahead of the writer."""
    numbers: list[int] = []
    waiting: list[Iterator[tuple[int, bytes]]] = []
    blocks: list[bytes] = []
    for number, block in filled_blocks(source, GRAIN_BYTES):
        numbers.append(number)
        blocks.append(block)
        if len(blocks) == _AT_ONCE:
            waiting.append(zip(numbers, pool.map(_compress, blocks), strict=True))
            numbers, blocks = [], []
        if len(waiting) > 1:
            yield from waiting.pop(0)
    waiting.append(zip(numbers, pool.map(_compress, blocks), strict=True))
    for batch in waiting:
        yield from batch


def _compress(block: bytes) -> bytes:
    return zlib.compress(block, _LEVEL)


def filled_blocks(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """Numbers and contents of the blocks that are not all zeros, in order; holes of the file are not read."""
    descriptor = source.fileno()
    end = os.fstat(descriptor).st_size
    zero = bytes(size)
    at = 0
    while at < end:
        try:
            at = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError:  # nothing but a hole is left
            return
        hole = os.lseek(descriptor, at, os.SEEK_HOLE)
        for number in range(at // size, -(-hole // size)):
            block = os.pread(descriptor, size, number * size)
            if block != zero[: len(block)]:
                yield number, block.ljust(size, b"\0")
        at = -(-hole // size) * size


def _marker(out: BinaryIO, value: int, kind: int) -> None:
    out.write(struct.pack("<QII", value, 0, kind).ljust(SECTOR, b"\0"))


def _header(capacity: int, directory: int) -> bytes:
    return struct.pack(
        "<4sIIQQQQIQQQB4sH", b"KDMV", 3, _FLAGS, capacity, GRAIN_SECTORS, _DESCRIPTOR_AT, _DESCRIPTOR_SECTORS,
        _GRAINS_A_TABLE, 0, directory, _OVERHEAD, 0, b"\n \r\n", 1,
    ).ljust(SECTOR, b"\0")  # fmt: skip


def _descriptor(capacity: int, name: str, content_id: int) -> str:
    cylinders = min(capacity // (_HEADS * _TRACK), 65_535)
    return (
        "# Disk DescriptorFile\n"
        "version=1\n"
        'encoding="UTF-8"\n'
        f"CID={content_id:08x}\n"
        "parentCID=ffffffff\n"
        'createType="streamOptimized"\n'
        "\n"
        "# Extent description\n"
        f'RW {capacity} SPARSE "{name}"\n'
        "\n"
        "# The Disk Data Base\n"
        "#DDB\n"
        "\n"
        'ddb.adapterType = "lsilogic"\n'
        f'ddb.geometry.cylinders = "{cylinders}"\n'
        f'ddb.geometry.heads = "{_HEADS}"\n'
        f'ddb.geometry.sectors = "{_TRACK}"\n'
        'ddb.toolsVersion = "2147483647"\n'
        'ddb.virtualHWVersion = "14"\n'
    )
