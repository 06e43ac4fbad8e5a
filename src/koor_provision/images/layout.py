"""Where everything lies on the disk. Pure: the same spec gives the same table, to the byte.

One disk boots everywhere: a BIOS boot partition for machines with BIOS, an EFI system partition for UEFI and Secure
Boot, and the root at the end, where it can grow. Units are sectors of 512 bytes unless a name says otherwise.
"""

import struct
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

SECTOR = 512
MIB = 1024 * 1024 // SECTOR
_HOME = uuid5(NAMESPACE_URL, "koor-provision/image")

BIOS_BOOT = UUID("21686148-6449-6e6f-744e-656564454649")
EFI_SYSTEM = UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
LINUX_ROOT = UUID("4f68bce3-e8cd-4db1-96e7-fbcaf984b709")
"""For x86-64: systemd finds the root by it, and lets it grow."""

# GRUB's boot.img and core.img, as its source describes them (boot.h, offsets.h).
_BOOT_CODE_END = 440
_BOOT_CORE_SECTOR = 0x5C
_BOOT_DRIVE_CHECK = 0x66
_TWO_NOPS = b"\x90\x90"
_CORE_BLOCK_LIST = 0x1F4
_CORE_SEGMENT = 0x820
_SIGNATURE = b"\x55\xaa"


@dataclass(frozen=True)
class Partition:
    """One partition: first sector, length, type and its own UUID."""

    name: str
    start: int
    size: int
    type: UUID
    uuid: UUID

    @property
    def offset_bytes(self) -> int:
        """Where it begins in the file."""
        return self.start * SECTOR


@dataclass(frozen=True)
class Layout:
    """The whole disk."""

    name: str
    sectors: int
    partitions: tuple[Partition, Partition, Partition]

    @property
    def bios_boot(self) -> Partition:
        """GRUB's core for BIOS lies here."""
        return self.partitions[0]

    @property
    def esp(self) -> Partition:
        """Shim and GRUB for UEFI."""
        return self.partitions[1]

    @property
    def root(self) -> Partition:
        """Everything else."""
        return self.partitions[2]

    @property
    def disk_bytes(self) -> int:
        """Size of the disk."""
        return self.sectors * SECTOR

    def uuid(self, what: str) -> UUID:
        """A UUID that is always the same for an image of this name."""
        return uuid5(_HOME, f"{self.name}/{what}")

    @property
    def root_uuid(self) -> UUID:
        """The UUID of the root's file system, which boot loaders look for."""
        return self.uuid("root file system")

    @property
    def esp_serial(self) -> str:
        """The volume serial of the ESP's file system: eight hexadecimal digits."""
        return self.uuid("esp file system").hex[:8]

    @property
    def esp_mount(self) -> str:
        """The same as Linux calls it."""
        return f"{self.esp_serial[:4]}-{self.esp_serial[4:]}".upper()

    def sfdisk(self) -> str:
        """What `sfdisk` reads on standard input."""
        lines = ["label: gpt", f"label-id: {self.uuid('disk')}", "unit: sectors", ""]
        lines += [
            f"start={one.start}, size={one.size}, type={one.type}, uuid={one.uuid}, name={one.name}"
            for one in self.partitions
        ]
        return "\n".join(lines) + "\n"


def layout(name: str, disk_gb: int) -> Layout:
    """Lay out the disk of an image.

    Args:
        name: the image's name; every UUID follows from it.
        disk_gb: size in GiB.
    """
    sectors = disk_gb * 1024 * MIB
    bios, esp = 1 * MIB, 64 * MIB
    root_start = 2 * MIB + esp
    sizes = (
        ("bios", MIB, bios, BIOS_BOOT),
        ("esp", 2 * MIB, esp, EFI_SYSTEM),
        ("root", root_start, sectors - root_start - MIB, LINUX_ROOT),  # the last MiB holds the second table
    )
    parts = tuple(
        Partition(part, start, size, kind, uuid5(_HOME, f"{name}/partition {part}"))
        for part, start, size, kind in sizes
    )
    return Layout(name, sectors, (parts[0], parts[1], parts[2]))


def boot_sector(boot_img: bytes, table: bytes, core_start: int) -> bytes:
    """The first sector: GRUB's code, which loads the core from its partition, and the table that is there.

    Args:
        boot_img: GRUB's boot.img.
        table: the sector as sfdisk wrote it, with the protective table.
        core_start: first sector of the core.
    """
    if len(boot_img) != SECTOR or len(table) != SECTOR or table[-2:] != _SIGNATURE:
        raise ValueError("not a boot sector")
    sector = bytearray(boot_img[:_BOOT_CODE_END] + table[_BOOT_CODE_END:])
    struct.pack_into("<Q", sector, _BOOT_CORE_SECTOR, core_start)
    # Some BIOSes name another drive than the one that they boot from; GRUB does the same for every hard disk.
    sector[_BOOT_DRIVE_CHECK : _BOOT_DRIVE_CHECK + 2] = _TWO_NOPS
    return bytes(sector)


def placed_core(core: bytes, core_start: int, room: int) -> bytes:
    """GRUB's core image for the place where it lies: its first sector says where the others are.

    Args:
        core: what `grub-mkimage -O i386-pc` made.
        core_start: first sector of the core.
        room: sectors of its partition.
    """
    length = -(-len(core) // SECTOR)
    if length > room or length < 2:  # noqa: PLR2004
        raise ValueError(f"the core takes {length} sectors, its partition has {room}")
    placed = bytearray(core.ljust(length * SECTOR, b"\0"))
    struct.pack_into("<QHH", placed, _CORE_BLOCK_LIST, core_start + 1, length - 1, _CORE_SEGMENT)
    return bytes(placed)
