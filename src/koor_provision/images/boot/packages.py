"""Holds what is handed over against its own descriptors: sums, manifests, names, sizes, order."""

import hashlib
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET  # what we wrote ourselves a moment ago; and no entity is ever resolved

OVF = "{http://schemas.dmtf.org/ovf/envelope/1}"
RASD = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"
_MANIFEST = re.compile(r"SHA256\((.+)\)= ([0-9a-f]{64})")
_ITEM_KINDS = {"3", "4", "10", "17"}
"""Processor, memory, network, disk: what every machine has."""


def sums(folder: Path, text: str) -> Iterator[str]:
    """What SHA256SUMS says and is not so; files that it does not name."""
    named = {name: digest for digest, _, name in (line.partition("  ") for line in text.splitlines())}
    for name, digest in named.items():
        if not (folder / name).is_file():
            yield f"{name}: is not there"
        elif _sha256(folder / name) != digest:
            yield f"{name}: is not as it was built"
    here = {file.name for file in folder.iterdir() if file.is_file()}
    yield from (f"{name}: stands in no sum" for name in sorted(here - named.keys() - {"SHA256SUMS", "SHA256SUMS.sig"}))


def ova(file: Path, cores: int, memory_mb: int, disk_bytes: int) -> Iterator[str]:
    """What is wrong with an OVA: its order, its manifest, its descriptor."""
    with tarfile.open(file) as archive:
        members = archive.getmembers()
        names = [member.name for member in members]
        if [name.rpartition(".")[2] for name in names] != ["ovf", "mf", "vmdk"]:
            yield f"holds {', '.join(names)}; first the descriptor, then the manifest, then the disk"
            return
        digests = {name: _digest(archive, name) for name in names if not name.endswith(".mf")}
        manifest = _read(archive, names[1]).decode()
        descriptor = _read(archive, names[0])
        size = members[2].size
    if {match[1]: match[2] for match in _MANIFEST.finditer(manifest)} != digests:
        yield "the manifest does not fit the files"
    yield from ovf(descriptor, {names[2]: size}, cores, memory_mb, disk_bytes)


def ovf(descriptor: bytes, files: dict[str, int], cores: int, memory_mb: int, disk_bytes: int) -> Iterator[str]:
    """What is wrong with a descriptor.

    Args:
        files: sizes of the files beside it.
    """
    root = ET.fromstring(descriptor)  # noqa: S314  # ours, see above
    named = {
        one.get(f"{OVF}href"): int(one.get(f"{OVF}size", "-1")) for one in root.findall(f"{OVF}References/{OVF}File")
    }
    if named != files:
        yield f"names the files {named}, there are {files}"
    disk = root.find(f"{OVF}DiskSection/{OVF}Disk")
    if disk is None or int(disk.get(f"{OVF}capacity", "0")) != disk_bytes:
        yield "the disk has another size"
    items = root.findall(f".//{OVF}Item")
    values: dict[str, str] = {}
    for item in items:
        tags = [element.tag for element in item]
        if tags != sorted(tags):
            yield "an item's elements are not in the schema's order"
        kind = item.findtext(f"{RASD}ResourceType", "")
        values[kind] = item.findtext(f"{RASD}VirtualQuantity") or item.findtext(f"{RASD}HostResource") or ""
    if missing := _ITEM_KINDS - values.keys():
        yield f"has no item of type {', '.join(sorted(missing))}"
    if (values.get("3"), values.get("4")) != (str(cores), str(memory_mb)):
        yield f"asks for {values.get('3')} processors and {values.get('4')} MB, built for {cores} and {memory_mb}"
    identifier = disk.get(f"{OVF}diskId") if disk is not None else None
    if values.get("17") != f"ovf:/disk/{identifier}":
        yield "the disk's item hangs on no disk"
    networks = {one.get(f"{OVF}name") for one in root.findall(f"{OVF}NetworkSection/{OVF}Network")}
    if not {item.findtext(f"{RASD}Connection") for item in items} - {None} <= networks:
        yield "the card is connected to a network that is not described"


def hyperv(file: Path) -> Iterator[str]:
    """What is wrong with the zip for Hyper-V."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        script = next((archive.read(name).decode() for name in names if name.endswith(".ps1")), "")
        disks = [name for name in names if name.endswith(".vhdx")]
    if len(disks) != 1 or f'"{disks[0]}"' not in script:
        yield "the import script does not name the disk that lies beside it"
    if "MicrosoftUEFICertificateAuthority" not in script:
        yield "the import script does not choose the template for Secure Boot that Debian needs"
    if script.replace("\r\n", "").count("\n"):
        yield "the import script's lines do not end as Windows wants them"


def box(file: Path) -> Iterator[str]:
    """What is wrong with the box for Vagrant."""
    with tarfile.open(file) as archive:
        names = archive.getnames()
        text = b"".join(_read(archive, name) for name in names if not name.endswith(".vmdk")).decode()
    if not {"metadata.json", "Vagrantfile", "box.ovf"} <= set(names):
        yield f"holds only {', '.join(names)}"
    if "AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr" in text:
        yield "lets everybody in who has Vagrant's published key"


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    opened = archive.extractfile(name)
    return opened.read() if opened else b""


def _digest(archive: tarfile.TarFile, name: str) -> str:
    opened = archive.extractfile(name)
    digest = hashlib.sha256()
    while opened and (data := opened.read(1 << 20)):
        digest.update(data)
    return digest.hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def copy_disk(file: Path, target: BinaryIO) -> None:
    """Take the disk out of an OVA or a box."""
    with tarfile.open(file) as archive:
        inside = next(name for name in archive.getnames() if name.endswith(".vmdk"))
        opened = archive.extractfile(inside)
        while opened and (data := opened.read(1 << 20)):
            target.write(data)
