"""What a build writes beside and around the disk, made again from its record: to be compared byte by byte."""

import io
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from koor_provision.images.archives import tar
from koor_provision.images.layout import Layout, layout
from koor_provision.images.names import AGAIN, LOCK, NOTES, SPEC
from koor_provision.images.record import ImageRecord, machine_of
from koor_provision.images.release import Format, before_disk, beside_disk, disk_in
from koor_provision.images.texts import configuration, reproducing
from koor_provision.images.vmdk import GRAIN_SECTORS, write_vmdk

_GIB = 1 << 30
_SECTOR = 512


def layout_of(record: ImageRecord) -> Layout:
    """Where everything lies on the image's disk."""
    return layout(record.image, record.machine.disk_bytes // _GIB)


def texts(record: ImageRecord, minimum: tuple[int, int]) -> dict[str, bytes]:
    """What lies beside the image for people.

    Args:
        minimum: R10's cores and memory in MB.
    """
    notes = configuration(machine_of(record), record.files.items(), minimum, sample=record.sample)
    return {NOTES: notes.encode(), AGAIN: reproducing(LOCK, SPEC, record.disk_sha256, record.files).encode()}


def names_in(record: ImageRecord, form: Format) -> list[str]:
    """The members of a format's file, in their order."""
    machine = machine_of(record)
    before = beside_disk(machine, b"") if form == "hyperv" else before_disk(machine, form, 0, "")
    return [*before, disk_in(record.image, form)]


def tar_head(parts: Mapping[str, bytes], disk: str, disk_bytes: int, epoch: int) -> bytes:
    """An OVA or a box, from its first byte to where the disk begins."""
    with tempfile.TemporaryDirectory() as folder:
        tar(Path(folder, "head"), parts, epoch)
        written = Path(folder, "head").read_bytes()
    length = sum(_SECTOR + -(-len(part) // _SECTOR) * _SECTOR for part in parts.values())
    header = tarfile.TarInfo(disk)
    header.mode, header.mtime, header.size = 0o644, epoch, disk_bytes
    return written[:length] + header.tobuf(tarfile.USTAR_FORMAT)


def vmdk_head(record: ImageRecord) -> bytes:
    """How the disk for VirtualBox and VMware begins: header, description and what lies before the first grain."""
    with tempfile.TemporaryDirectory() as folder:
        empty, written = Path(folder, "empty"), Path(folder, "vmdk")
        with empty.open("wb") as file:
            file.truncate(record.machine.disk_bytes)
        identity = layout_of(record).uuid("vmdk").fields[0]
        write_vmdk(empty, written, disk_in(record.image, "vmware"), identity, lambda _: None)
        with written.open("rb") as file:
            return file.read(GRAIN_SECTORS * _SECTOR)


def first_difference(found: bytes, expected: bytes) -> str:
    """Where two texts differ first, in words; empty where they do not."""
    if found == expected:
        return ""
    ours, theirs = io.BytesIO(expected).readlines(), io.BytesIO(found).readlines()
    for number, line in enumerate(ours, 1):
        has = theirs[number - 1] if number <= len(theirs) else b""
        if has != line:
            return (
                f"line {number} is {has.decode(errors='replace').strip()[:120]!r}, "
                f"not {line.decode(errors='replace').strip()[:120]!r}"
            )
    return f"goes on after its end, with {theirs[len(ours)].decode(errors='replace').strip()[:120]!r}"
