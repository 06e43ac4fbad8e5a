import struct
from itertools import pairwise

import pytest

from koor_provision.images.layout import MIB, SECTOR, boot_sector, layout, placed_core


@pytest.mark.parametrize("disk_gb", [4, 20, 500])
def test_partitions_begin_on_whole_mebibytes_and_do_not_overlap(disk_gb):
    disk = layout("koor-default", disk_gb)
    assert all(part.start % MIB == 0 and part.size % MIB == 0 for part in disk.partitions)
    assert all(left.start + left.size <= right.start for left, right in pairwise(disk.partitions))


@pytest.mark.parametrize("disk_gb", [4, 20, 500])
def test_both_tables_have_room(disk_gb):
    disk = layout("koor-default", disk_gb)
    last = disk.partitions[-1]
    assert disk.partitions[0].start >= 34
    assert last.start + last.size <= disk.sectors - 34
    assert disk.disk_bytes == disk_gb * 2**30


def test_the_root_is_the_last_and_can_grow():
    disk = layout("koor-default", 20)
    assert disk.root is disk.partitions[-1]
    assert disk.root.size * SECTOR > 19.9 * 2**30


def test_the_same_name_gives_the_same_identities_and_another_name_gives_others():
    def identities(name: str) -> list[object]:
        disk = layout(name, 20)
        return [disk.root_uuid, disk.esp_serial, disk.uuid("disk"), *(part.uuid for part in disk.partitions)]

    assert identities("koor-default") == identities("koor-default")
    assert not set(identities("koor-default")) & set(identities("koor-other"))
    assert len(set(identities("koor-default"))) == 6


def test_sfdisk_is_given_every_start_size_type_and_identity():
    disk = layout("koor-default", 20)
    script = disk.sfdisk()
    assert script.startswith("label: gpt\nlabel-id: ")
    for part in disk.partitions:
        assert f"start={part.start}, size={part.size}, type={part.type}, uuid={part.uuid}" in script


def test_linux_names_the_esp_by_its_serial():
    disk = layout("koor-default", 20)
    assert disk.esp_mount.replace("-", "").lower() == disk.esp_serial
    assert len(disk.esp_mount) == 9


def test_the_boot_sector_keeps_the_table_and_says_where_the_core_lies():
    table = bytes(440) + b"\x01" * 70 + b"\x55\xaa"
    sector = boot_sector(b"\xee" * SECTOR, table, 2048)
    assert sector[440:] == table[440:]
    assert struct.unpack_from("<Q", sector, 0x5C) == (2048,)
    assert sector[0x66:0x68] == b"\x90\x90"
    assert sector[:0x5C] == b"\xee" * 0x5C


@pytest.mark.parametrize(("code", "table"), [(b"", bytes(510) + b"\x55\xaa"), (bytes(512), bytes(512))])
def test_what_is_no_boot_sector_is_refused(code, table):
    with pytest.raises(ValueError, match="not a boot sector"):
        boot_sector(code, table, 2048)


def test_the_core_says_where_the_rest_of_it_lies():
    core = placed_core(b"\x11" * 1300, 2048, 2048)
    assert len(core) == 3 * SECTOR
    assert struct.unpack_from("<QHH", core, 0x1F4) == (2049, 2, 0x820)


@pytest.mark.parametrize("size", [0, 512, 3 * 512 + 1])
def test_a_core_that_cannot_be_placed_is_refused(size):
    with pytest.raises(ValueError, match="the core takes"):
        placed_core(bytes(size), 2048, 3)
