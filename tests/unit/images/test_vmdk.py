"""Read back by the specification, with code of its own; qemu's reading is compared in tests/integration."""

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from koor_provision.images.vmdk import GRAIN_BYTES, filled_blocks, write_vmdk

SECTOR = 512


def disk(path: Path, blocks: dict[int, bytes], grains: int = 1200) -> Path:
    with path.open("wb") as file:
        file.truncate(grains * GRAIN_BYTES)
        for number, data in blocks.items():
            file.seek(number * GRAIN_BYTES)
            file.write(data)
    return path


def header(data: bytes) -> tuple[Any, ...]:
    values: tuple[Any, ...] = struct.unpack_from("<4sIIQQQQIQQQB4sH", data)
    return values


def read_back(data: bytes) -> dict[int, bytes]:
    """Numbers and contents of the grains, by the directory that the footer names."""
    footer = header(data[-2 * SECTOR : -SECTOR])
    capacity, grain, tables_of, directory = footer[3], footer[4], footer[7], footer[9]
    tables = -(-capacity // (grain * tables_of))
    found = {}
    for table, at in enumerate(struct.unpack_from(f"<{tables}I", data, directory * SECTOR)):
        entries = struct.unpack_from(f"<{tables_of}I", data, at * SECTOR) if at else ()
        for number, place in enumerate(entries):
            if place:
                lba, size = struct.unpack_from("<QI", data, place * SECTOR)
                content = data[place * SECTOR + 12 : place * SECTOR + 12 + size]
                assert lba == (table * tables_of + number) * grain
                found[table * tables_of + number] = zlib.decompress(content)
    return found


@pytest.mark.parametrize("numbers", [[], [0], [1199], [0, 1, 511, 512, 1100], list(range(300, 900))])
def test_what_was_written_is_read_back(tmp_path, numbers):
    blocks = {number: os.urandom(64) * (GRAIN_BYTES // 64) for number in numbers}
    write_vmdk(disk(tmp_path / "raw", blocks), tmp_path / "vmdk", "x.vmdk", 1, lambda _: None)
    assert read_back((tmp_path / "vmdk").read_bytes()) == blocks


def test_the_header_says_that_the_directory_stands_at_the_end(tmp_path):
    write_vmdk(disk(tmp_path / "raw", {3: b"x"}), tmp_path / "vmdk", "x.vmdk", 0xABCD, lambda _: None)
    data = (tmp_path / "vmdk").read_bytes()
    first = header(data)
    assert (first[0], first[1], first[2], first[9], first[13]) == (b"KDMV", 3, 0x30001, 0xFFFFFFFFFFFFFFFF, 1)
    assert data[-SECTOR:] == bytes(SECTOR)
    descriptor = data[SECTOR : 21 * SECTOR].rstrip(b"\0").decode()
    assert 'createType="streamOptimized"' in descriptor
    assert "CID=0000abcd\n" in descriptor
    assert f'RW {1200 * 128} SPARSE "x.vmdk"' in descriptor


def test_the_same_disk_gives_the_same_bytes(tmp_path):
    raw = disk(tmp_path / "raw", {number: bytes([number % 250 + 1]) * 100 for number in range(0, 1200, 7)})
    for name in ("one", "two"):
        write_vmdk(raw, tmp_path / name, "x.vmdk", 1, lambda _: None)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_blocks_of_zeros_are_left_out_whether_they_are_holes_or_not(tmp_path):
    raw = disk(tmp_path / "raw", {2: bytes(GRAIN_BYTES), 5: b"x"})
    with raw.open("rb") as file:
        assert [number for number, _ in filled_blocks(file, GRAIN_BYTES)] == [5]


def test_progress_counts_what_holds_something(tmp_path):
    told: list[int] = []
    raw = disk(tmp_path / "raw", dict.fromkeys(range(0, 1200, 100), b"x"))
    write_vmdk(raw, tmp_path / "vmdk", "x.vmdk", 1, told.append)
    assert told == [0, 6, 11]  # of twelve, when a stretch of the disk begins
