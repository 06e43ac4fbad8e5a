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
from koor_provision.images.vhdx import settle
from koor_provision.images.vmdk import GRAIN_BYTES, write_vmdk

Format = Literal["virtualbox", "vmware", "hyperv", "qcow2", "vagrant"]
FORMATS: tuple[Format, ...] = ("virtualbox", "vmware", "hyperv", "qcow2", "vagrant")
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
        if wanted & {"virtualbox", "vmware", "vagrant"}:
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
    inside = f"{name}-disk1.vmdk"
    total = max(machine.used_bytes // GRAIN_BYTES, 1)
    content_id = pressing.layout.uuid("vmdk").fields[0]
    write_vmdk(pressing.disk, disk, inside, content_id, lambda grains: progress(min(grains / total, 1.0)))
    size, digest = disk.stat().st_size, sha256(disk)
    for form, describe in (("virtualbox", virtualbox), ("vmware", vmware)):
        if form in wanted:
            ovf = describe(machine, inside, size).encode()
            sums = manifest({f"{name}.ovf": sha256(ovf), inside: digest}).encode()
            tar(pressing.out / file_of(name, form), {f"{name}.ovf": ovf, f"{name}.mf": sums, inside: disk}, epoch)
    if "vagrant" in wanted:
        parts: dict[str, Part] = {
            "metadata.json": vagrant.METADATA.encode(),
            "Vagrantfile": vagrant.VAGRANTFILE.encode(),
            "box.ovf": virtualbox(machine, inside, size).encode(),
            inside: disk,
        }
        tar(pressing.out / file_of(name, "vagrant"), parts, epoch)
    disk.unlink()


def _hyperv(pressing: Pressing) -> None:
    name, machine = pressing.layout.name, pressing.machine
    disk = pressing.disk.with_suffix(".vhdx")
    _convert(pressing, "vhdx", "subformat=dynamic,block_size=1M", disk.name)
    settle(disk, pressing.layout.uuid("vhdx"))
    inside = f"{name}.vhdx"
    parts: dict[str, Part] = {
        "Import-Image.ps1": import_script(machine, inside).encode(),
        "CONFIGURATION.md": pressing.notes,
        inside: disk,
    }
    zipped(pressing.out / file_of(name, "hyperv"), parts, pressing.epoch)
    disk.unlink()


def _qcow2(pressing: Pressing) -> None:
    disk = pressing.disk.with_suffix(".qcow2")
    _convert(pressing, "qcow2", "compression_type=zstd", disk.name, "-c")
    disk.rename(pressing.out / file_of(pressing.layout.name, "qcow2"))


def _convert(pressing: Pressing, form: str, options: str, target: str, *more: str) -> None:
    pressing.tools.run(
        "qemu-img",
        "convert",
        *more,
        "-f",
        "raw",
        "-O",
        form,
        "-o",
        options,
        f"{DISKS}/{pressing.disk.name}",
        f"{DISKS}/{target}",
        doing=f"converting the disk to {form}",
    )
