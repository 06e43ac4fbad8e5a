import hashlib
import zipfile
from pathlib import Path

import pytest

from koor_provision.images.archives import sha256, tar, zipped
from koor_provision.images.boot import packages
from koor_provision.images.descriptors import vagrant
from koor_provision.images.descriptors.hyperv import import_script
from koor_provision.images.descriptors.machine import Machine
from koor_provision.images.descriptors.ovf import manifest
from koor_provision.images.descriptors.vmware import vmware

MACHINE = Machine("x", "Summary", "Debian 13", (), "1", 4, 4096, 4 << 30, 1)
SIZE = {"cores": 4, "memory_mb": 4096, "disk_bytes": 4 << 30}
DISK = b"disk" * 1000
EPOCH = 1_700_000_000


def ova(path: Path, *, disk: bytes = DISK, order: tuple[str, ...] = ("x.ovf", "x.mf", "x.vmdk")) -> Path:
    ovf = vmware(MACHINE, "x.vmdk", len(DISK)).encode()
    sums = manifest({"x.ovf": sha256(ovf), "x.vmdk": sha256(DISK)}).encode()
    parts = {"x.ovf": ovf, "x.mf": sums, "x.vmdk": disk}
    tar(path, {name: parts[name] for name in order}, EPOCH)
    return path


def test_a_good_ova_is_good(tmp_path):
    assert list(packages.ova(ova(tmp_path / "x.ova"), **SIZE)) == []


def test_a_disk_that_was_changed_is_found(tmp_path):
    assert "the manifest does not fit the files" in list(
        packages.ova(ova(tmp_path / "x.ova", disk=DISK[:-1] + b"!"), **SIZE)
    )


def test_the_descriptor_must_come_first(tmp_path):
    (said,) = packages.ova(ova(tmp_path / "x.ova", order=("x.vmdk", "x.ovf", "x.mf")), **SIZE)
    assert "first the descriptor" in said


def test_sums_name_every_file_and_no_other(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    good = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("a", "b")}
    text = "".join(f"{digest}  {name}\n" for name, digest in good.items())
    assert list(packages.sums(tmp_path, text)) == []
    (tmp_path / "b").write_bytes(b"changed")
    (tmp_path / "c").write_bytes(b"c")
    assert list(packages.sums(tmp_path, text + f"{'0' * 64}  d\n")) == [
        "b: is not as it was built",
        "d: is not there",
        "c: stands in no sum",
    ]


def test_a_good_zip_for_hyperv_is_good_and_one_without_its_disk_is_not(tmp_path):
    script = import_script(MACHINE, "x.vhdx").encode()
    zipped(tmp_path / "good.zip", {"Import-Image.ps1": script, "x.vhdx": DISK}, EPOCH)
    zipped(tmp_path / "bad.zip", {"Import-Image.ps1": script, "y.vhdx": DISK}, EPOCH)
    assert list(packages.hyperv(tmp_path / "good.zip")) == []
    assert list(packages.hyperv(tmp_path / "bad.zip")) == [
        "the import script does not name the disk that lies beside it"
    ]


def test_a_box_holds_no_key_that_everybody_has(tmp_path):
    parts = {"metadata.json": b"{}", "Vagrantfile": vagrant.VAGRANTFILE.encode(), "box.ovf": b"", "x.vmdk": DISK}
    tar(tmp_path / "good.box", parts, EPOCH)
    assert list(packages.box(tmp_path / "good.box")) == []
    known = b"AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr"
    tar(tmp_path / "bad.box", {**parts, "Vagrantfile": known}, EPOCH)
    assert list(packages.box(tmp_path / "bad.box")) == ["lets everybody in who has Vagrant's published key"]


@pytest.mark.parametrize("pack", [tar, zipped])
def test_packing_twice_gives_the_same_bytes(tmp_path, pack):
    (tmp_path / "disk").write_bytes(DISK)
    for name in ("one", "two"):
        pack(tmp_path / name, {"text": b"text", "disk": tmp_path / "disk"}, EPOCH)
        (tmp_path / "disk").touch()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_was_zipped_comes_out_again(tmp_path):
    (tmp_path / "disk").write_bytes(DISK)
    zipped(tmp_path / "x.zip", {"disk": tmp_path / "disk", "text": b"text"}, EPOCH)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None
        assert (archive.read("disk"), archive.read("text")) == (DISK, b"text")
