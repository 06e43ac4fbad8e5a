"""A disk from a sealed tree: files only, no loop device, no mount, no rights beyond a container's."""

from collections.abc import Mapping
from pathlib import Path

from koor_provision.images.containers import Container
from koor_provision.images.layout import SECTOR, Layout, boot_sector, placed_core
from koor_provision.images.overlay import BOOT_IMG, CORE, GRUB, MOK_MANAGER, SHIM, esp_grub_cfg

DISKS = "/disks"
"""Where the tools see the folder that everything lies in."""
_KIB = 1024
_UNREADABLE_FOR_OLD_GRUB = "^metadata_csum_seed,^orphan_file"


def compose(tools: Container, folder: Path, layout: Layout, loaders: Mapping[str, bytes], epoch: int) -> Path:
    """Write `disk.raw` from `sealed.tar`, both in the folder; returns the disk.

    Args:
        tools: has the folder as /disks.
        loaders: the files that boot loaders are made from, by their path in the tree.
        epoch: the time that everything gets which is made here.

    Raises:
        RunError: a tool failed.
    """
    disk = folder / "disk.raw"
    with disk.open("wb") as file:
        file.truncate(layout.disk_bytes)
    there = f"{DISKS}/{disk.name}"
    tools.run(
        "sfdisk",
        "--quiet",
        "--no-reread",
        "--no-tell-kernel",
        there,
        given=layout.sfdisk().encode(),
        doing="writing the partition table",
    )
    _root(tools, layout, there, epoch)
    _esp(tools, folder, layout, loaders, epoch)
    with disk.open("r+b") as file:
        table = file.read(SECTOR)
        core = placed_core(loaders[CORE], layout.bios_boot.start, layout.bios_boot.size)
        file.seek(layout.bios_boot.offset_bytes)
        file.write(core)
        file.seek(0)
        file.write(boot_sector(loaders[BOOT_IMG], table, layout.bios_boot.start))
    return disk


def _root(tools: Container, layout: Layout, disk: str, epoch: int) -> None:
    extended = ",".join(
        (
            f"offset={layout.root.offset_bytes}",
            f"hash_seed={layout.uuid('root hash')}",
            "root_owner=0:0",
            "assume_storage_prezeroed=1",  # a new disk of a machine is; halves what the first boot writes
        )
    )
    tools.run(
        "mke2fs",
        "-q",
        "-F",
        "-t",
        "ext4",
        "-L",
        "koor-root",
        "-U",
        str(layout.root_uuid),
        "-O",
        _UNREADABLE_FOR_OLD_GRUB,
        "-m",
        "1",
        "-E",
        extended,
        "-d",
        f"{DISKS}/sealed.tar",
        disk,
        f"{layout.root.size * SECTOR // _KIB}k",
        doing="making the root's file system",
        environment={"SOURCE_DATE_EPOCH": str(epoch)},
    )


def _esp(tools: Container, folder: Path, layout: Layout, loaders: Mapping[str, bytes], epoch: int) -> None:
    """The EFI system partition: shim by the name that every firmware looks for, and what shim starts beside it."""
    files = {
        "EFI/BOOT/BOOTX64.EFI": loaders[SHIM],
        "EFI/BOOT/grubx64.efi": loaders[GRUB],
        "EFI/BOOT/mmx64.efi": loaders[MOK_MANAGER],
        "EFI/debian/grub.cfg": esp_grub_cfg(layout).encode(),
    }
    stage = folder / "esp"
    for name, content in files.items():
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).write_bytes(content)
    size = str(layout.esp.size * SECTOR // _KIB)
    there = f"{DISKS}/esp.raw"
    same = {"SOURCE_DATE_EPOCH": str(epoch), "TZ": "UTC", "MTOOLS_SKIP_CHECK": "1"}
    tools.run(
        "mkfs.vfat",
        "-C",
        "-F",
        "32",
        "-s",
        "1",
        "--invariant",
        "-i",
        layout.esp_serial,
        "-n",
        "KOOR-ESP",
        there,
        size,
        doing="making the EFI system partition",
        environment=same,
    )
    tools.run(
        "mmd",
        "-i",
        there,
        "::EFI",
        "::EFI/BOOT",
        "::EFI/debian",
        doing="filling the EFI system partition",
        environment=same,
    )
    for name in files:
        tools.run("touch", "-d", f"@{epoch}", f"{DISKS}/esp/{name}", doing="filling the EFI system partition")
        tools.run(
            "mcopy",
            "-m",
            "-i",
            there,
            f"{DISKS}/esp/{name}",
            f"::{name}",
            doing="filling the EFI system partition",
            environment=same,
        )
    tools.run(
        "dd",
        f"if={there}",
        f"of={DISKS}/disk.raw",
        "bs=1M",
        f"seek={layout.esp.offset_bytes // _KIB // _KIB}",
        "conv=notrunc,sparse",
        "status=none",
        doing="filling the EFI system partition",
    )
