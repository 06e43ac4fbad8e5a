import struct
from pathlib import Path
from uuid import UUID

import pytest

from koor_provision.errors import RunError
from koor_provision.images.vhdx import crc32c, settle

IDENTITY = UUID("11111111-2222-3333-4444-555555555555")
METADATA = UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e")
PAGE_83 = UUID("beca12ab-b2e6-4523-93ef-c309e000c746")
LOG, META = 1 << 20, 2 << 20


def vhdx(path: Path, *, log_in_use: bool = False, item: UUID = PAGE_83, noise: bytes = b"\x5a") -> Path:
    """The places of a VHDX that matter here, as [MS-VHDX] 2.2 and 2.6 describe them."""
    data = bytearray(3 << 20)
    for place in (64 << 10, 128 << 10):
        header = bytearray(4096)
        struct.pack_into("<4sIQ16s16s16sHHIQ", header, 0, b"head", 0, noise[0] + place, noise * 16, noise * 16,
                         (b"\x01" if log_in_use else b"\0") * 16, 0, 1, 1 << 20, LOG)  # fmt: skip
        data[place : place + 4096] = header
    struct.pack_into("<4sIII16sQII", data, 192 << 10, b"regi", 0, 1, 0, METADATA.bytes_le, META, 1 << 20, 1)
    struct.pack_into("<8sHH20x16sII", data, META, b"metadata", 0, 1, item.bytes_le, 65_536, 16)
    data[META + 65_536 : META + 65_552] = noise * 16
    data[LOG : LOG + 100] = noise * 100
    path.write_bytes(data)
    return path


def test_the_checksum_is_castagnolis():
    assert crc32c(b"123456789") == 0xE3069283


def test_identities_follow_from_the_name_and_headers_check_out(tmp_path):
    file = vhdx(tmp_path / "x.vhdx")
    settle(file, IDENTITY)
    data = file.read_bytes()
    for place in (64 << 10, 128 << 10):
        header = bytearray(data[place : place + 4096])
        assert header[16:48] == IDENTITY.bytes_le * 2
        (checksum,) = struct.unpack_from("<I", header, 4)
        header[4:8] = bytes(4)
        assert checksum == crc32c(bytes(header))
    assert data[META + 65_536 : META + 65_552] == IDENTITY.bytes_le


def test_two_disks_that_differ_in_identity_alone_become_the_same(tmp_path):
    one, two = vhdx(tmp_path / "1.vhdx", noise=b"\x11"), vhdx(tmp_path / "2.vhdx", noise=b"\x22")
    settle(one, IDENTITY)
    settle(two, IDENTITY)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("how", [{"log_in_use": True}, {"item": METADATA}])
def test_what_is_not_as_qemu_writes_it_is_refused(tmp_path, how):
    with pytest.raises(RunError, match="not as it should have been written"):
        settle(vhdx(tmp_path / "x.vhdx", **how), IDENTITY)
