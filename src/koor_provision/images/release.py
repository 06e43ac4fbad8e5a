"""From the disk to a file for each hypervisor."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from koor_provision.images.archives import Part, sha256, tar, zipped
from koor_provision.images.compose import DISKS
from koor_provision.images.containers import Container
from koor_provision.images.descriptors import vagrant
from koor_provision.images.descriptors.hyperv import import_script
from koor_provision.images.descriptors.machine import Machine
from koor_provision.images.descriptors.ovf import manifest
from koor_provision.images.descriptors.virtualbox import virtualbox
from koor_provision.images.descriptors.vmware import vmware
from koor_provision.images.layout import Layout
from koor_provision.images.names import NOTES, SCRIPT
from koor_provision.images.vhdx import settle
from koor_provision.images.vmdk import GRAIN_BYTES, write_vmdk

Format = Literal["virtualbox", "vmware", "hyperv", "qcow2", "vagrant"]
FORMATS: tuple[Format, ...] = ("virtualbox", "vmware", "hyperv", "qcow2", "vagrant")
_WITH_VMDK: tuple[Format, ...] = ("virtualbox", "vmware", "vagrant")
_ENDINGS: dict[Format, str] = {
    "virtualbox": "-virtualbox.ova",
    "vmware": "-vmware.ova",
    "hyperv": "-hyperv.zip",
    "qcow2": ".qcow2",
    "vagrant": "-vagrant.box",
}


def file_of(name: str, form: Format) -> str:
    """What a format's file is called."""
    return f"{name}{_ENDINGS[form]}"


def disk_in(name: str, form: Format) -> str:
    """What the disk is called inside a format's file."""
    return f"{name}.vhdx" if form == "hyperv" else f"{name}-disk1.vmdk"


def before_disk(machine: Machine, form: Format, disk_bytes: int, disk_sha256: str) -> dict[str, bytes]:
    """The members of an OVA or a box that come before the disk, in their order.

    Args:
        disk_bytes: size of the disk's file, and its digest.
    """
    name, inside = machine.name, disk_in(machine.name, form)
    if form == "vagrant":
        return {
            "metadata.json": vagrant.METADATA.encode(),
            "Vagrantfile": vagrant.VAGRANTFILE.encode(),
            "box.ovf": virtualbox(machine, inside, disk_bytes).encode(),
        }
    descriptor = {"virtualbox": virtualbox, "vmware": vmware}[form](machine, inside, disk_bytes).encode()
    sums = manifest({f"{name}.ovf": sha256(descriptor), inside: disk_sha256}).encode()
    return {f"{name}.ovf": descriptor, f"{name}.mf": sums}


def beside_disk(machine: Machine, notes: bytes) -> dict[str, bytes]:
    """The members of Hyper-V's zip that come before the disk."""
    return {SCRIPT: import_script(machine, disk_in(machine.name, "hyperv")).encode(), NOTES: notes}


def vhdx(tools: Container, layout: Layout, raw: str, folder: Path, name: str) -> Path:
    """Make the disk for Hyper-V, with identities that follow from the layout; returns where it lies.

    Args:
        raw: the raw disk's name in the folder, which the tools see as /disks.
    """
    _convert(tools, "vhdx", "subformat=dynamic,block_size=1M", raw, name)
    settle(folder / name, layout.uuid("vhdx"))
    return folder / name


@dataclass(frozen=True)
class Pressing:
    """What the files are made from, and where they go."""

    disk: Path
    out: Path
    tools: Container
    layout: Layout
    machine: Machine
    epoch: int
    notes: bytes


def press(pressing: Pressing, formats: Iterable[Format], progress: Callable[[float], None]) -> str:
    """Write the files of the formats, side by side; returns the SHA-256 of the raw disk.

    Raises:
        RunError: a tool failed.
    """
    wanted = set(formats)
    with ThreadPoolExecutor(4) as pool:
        work: list[Future[None]] = []
        if wanted & set(_WITH_VMDK):
            work.append(pool.submit(_with_vmdk, pressing, wanted, progress))
        if "hyperv" in wanted:
            work.append(pool.submit(_hyperv, pressing))
        if "qcow2" in wanted:
            work.append(pool.submit(_qcow2, pressing))
        digest = pool.submit(sha256, pressing.disk)
        for one in work:
            one.result()
        return digest.result()


def _with_vmdk(pressing: Pressing, wanted: set[Format], progress: Callable[[float], None]) -> None:
    """Both OVAs and the box hold the same stream-optimised disk; what differs is the descriptor."""
    name, machine, epoch = pressing.layout.name, pressing.machine, pressing.epoch
    disk = pressing.disk.with_suffix(".vmdk")
    inside = disk_in(name, "vmware")
    total = max(machine.used_bytes // GRAIN_BYTES, 1)
    content_id = pressing.layout.uuid("vmdk").fields[0]
    write_vmdk(pressing.disk, disk, inside, content_id, lambda grains: progress(min(grains / total, 1.0)))
    size, digest = disk.stat().st_size, sha256(disk)
    for form in _WITH_VMDK:
        if form in wanted:
            parts: dict[str, Part] = {**before_disk(machine, form, size, digest), inside: disk}
            tar(pressing.out / file_of(name, form), parts, epoch)
    disk.unlink()


def _hyperv(pressing: Pressing) -> None:
    name, raw = pressing.layout.name, pressing.disk
    disk = vhdx(pressing.tools, pressing.layout, raw.name, raw.parent, raw.with_suffix(".vhdx").name)
    parts: dict[str, Part] = {**beside_disk(pressing.machine, pressing.notes), disk_in(name, "hyperv"): disk}
    zipped(pressing.out / file_of(name, "hyperv"), parts, pressing.epoch)
    disk.unlink()


def _qcow2(pressing: Pressing) -> None:
    disk = pressing.disk.with_suffix(".qcow2")
    _convert(pressing.tools, "qcow2", "compression_type=zstd", pressing.disk.name, disk.name, "-c")
    disk.rename(pressing.out / file_of(pressing.layout.name, "qcow2"))


def _convert(tools: Container, form: str, options: str, raw: str, target: str, *more: str) -> None:
    tools.run(
        "qemu-img",
        "convert",
        *more,
        "-f",
        "raw",
        "-O",
        form,
        "-o",
        options,
        f"{DISKS}/{raw}",
        f"{DISKS}/{target}",
        doing=f"converting the disk to {form}",
    )
