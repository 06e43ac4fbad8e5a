"""A whole image folder as a build leaves it, with a disk that holds next to nothing: for tests that alter it."""

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from koor_provision.images.archives import sha256, tar, zipped
from koor_provision.images.bill import bill
from koor_provision.images.boot.remade import layout_of, texts
from koor_provision.images.inventory import Installed, Lock
from koor_provision.images.record import ImageRecord, machine_of, read_record
from koor_provision.images.release import FORMATS, before_disk, beside_disk, disk_in, file_of
from koor_provision.images.vmdk import write_vmdk

MINIMUM = (4, 4000)
EPOCH = 1_795_305_600
GIB = 1 << 30
PACKAGES = (
    Installed("apache2", "2.4.71-1", "amd64", "apache2"),
    Installed("libc6:amd64", "2.41-12", "amd64", "glibc"),
    Installed("php8.4", "8.4.28-1", "all", "php8.4"),
)
OWNERS = {"php": "php8.4", "apache": "apache2"}
SPEC = b"kind: image\n"
RECORD: dict[str, Any] = {
    "kind": "image-record",
    "image": "web",
    "summary": "PHP & Apache.\n",
    "system": "debian13",
    "built_with": "koor-provision 0.1.0",
    "sample": True,
    "components": [{"component": "php"}, {"component": "apache"}],
    "versions": {"php": "8.4.28-1", "apache": "2.4.71-1"},
    "findings": [
        {"rule": "R8", "verdict": "pass", "reason": "all approved", "where": "list"},
        {
            "rule": "R9",
            "verdict": "pass",
            "reason": "approved versions: php 8.4.28-1, apache 2.4.71-1",
            "where": "list",
        },
    ],
    "inputs": {"spec.yml": sha256(SPEC)},
    "content": {"content_sha256": "1" * 64, "parts": {"playbooks": "2" * 64}},
    "machine": {"cores": 4, "memory_mb": 4096, "disk_bytes": 4 * GIB, "used_bytes": 65_536},
    "disk_sha256": "3" * 64,
    "files": {form: file_of("web", form) for form in FORMATS},
}


def build(folder: Path) -> ImageRecord:
    """Write everything that a build writes, into a new folder."""
    folder.mkdir()
    (folder / "image.json").write_text(json.dumps(RECORD, indent=1) + "\n")
    record = read_record(folder)
    disk, vmdk = folder.with_name("disk.raw"), folder.with_name("disk.vmdk")
    with disk.open("wb") as file:
        file.write(b"something")
        file.truncate(4 * GIB)
    write_vmdk(disk, vmdk, disk_in("web", "vmware"), layout_of(record).uuid("vmdk").fields[0], lambda _: None)
    for form in ("virtualbox", "vmware", "vagrant"):
        parts = before_disk(machine_of(record), form, vmdk.stat().st_size, sha256(vmdk))
        tar(folder / record.files[form], {**parts, disk_in("web", form): vmdk}, EPOCH)
    notes = texts(record, MINIMUM)["CONFIGURATION.md"]
    zipped(folder / record.files["hyperv"], {**beside_disk(machine_of(record), notes), "web.vhdx": b"disk"}, EPOCH)
    (folder / record.files["qcow2"]).write_bytes(b"disk")
    for name, content in texts(record, MINIMUM).items():
        (folder / name).write_bytes(content)
    lock = Lock("web", "debian13", EPOCH, {one.name: one.version for one in PACKAGES})
    (folder / "packages.lock").write_text(lock.text())
    (folder / "sbom.cdx.json").write_text(bill("web", "debian13", PACKAGES, OWNERS))
    (folder / "spec.yml").write_bytes(SPEC)
    sum_up(folder)
    return record


def sum_up(folder: Path) -> None:
    """Write sums that fit, as whoever alters an image would."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


Members = list[tuple[str, bytes]]


def repack(file: Path, change: Callable[[Members], Members]) -> None:
    """Change the members of an OVA, a box or a zip; the manifest and the disk's size are made to fit."""
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            zips = [(name, archive.read(name)) for name in archive.namelist()]
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in change(zips):
                entry = zipfile.ZipInfo(name, (2026, 11, 22, 0, 0, 0))
                entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        return
    with tarfile.open(file) as archive:
        members = [(one.name, _content(archive, one)) for one in archive]
    members = change(members)
    sums = "".join(
        f"SHA256({name})= {hashlib.sha256(content).hexdigest()}\n"
        for name, content in members
        if not name.endswith(".mf")
    )
    with tarfile.open(file, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            data = sums.encode() if name.endswith(".mf") else content
            header = tarfile.TarInfo(name)
            header.mode, header.mtime, header.size = 0o644, EPOCH, len(data)
            archive.addfile(header, io.BytesIO(data))


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    opened = archive.extractfile(member)
    assert opened
    return opened.read()
