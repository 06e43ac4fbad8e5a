"""The disks of an image: all hold the same, that is what was built, it is sound, and nothing secret is among it."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.resources import files
from pathlib import Path

from koor_provision.images.boot import packages
from koor_provision.images.boot.checking import check
from koor_provision.images.boot.installed import as_listed
from koor_provision.images.boot.remade import layout_of, names_in
from koor_provision.images.boot.trial import Check
from koor_provision.images.containers import Container
from koor_provision.images.layout import Partition
from koor_provision.images.names import DISK
from koor_provision.images.overlay import GRUB, MOK_MANAGER, SHIM, esp_grub_cfg
from koor_provision.images.record import Image, ImageRecord
from koor_provision.images.release import Format, vhdx
from koor_provision.images.vmdk import filled_blocks

_ENDINGS: dict[Format, str] = {"hyperv": "vhdx", "qcow2": "qcow2"}
_BLOCK = 4 << 20
_RAW = f"/disks/{DISK}"


def unpack(image: Image, folder: Path) -> tuple[dict[Format, str], list[Check]]:
    """Have every disk as a file in the folder, each content once.

    Returns:
        Where containers see the disk of each format (as /disks/...), and of those that cannot be had why not.
    """
    found: dict[Format, str] = {}
    checks: list[Check] = []
    same: dict[str, str] = {}

    def one(form: Format) -> Iterator[str]:
        if not (digest := _digest_inside(image, form)) or digest not in same:
            target = folder / f"{form}.{_ENDINGS.get(form, 'vmdk')}"
            packages.unpack(image.folder, image.record, form, target)
            same[digest or form] = f"/disks/{target.name}"
        found[form] = same[digest or form]
        yield from ()

    for form, name in sorted(image.files.items(), key=lambda item: item[0] != "qcow2"):  # the quickest to be read
        done = check(f"there is a disk in {name}", partial(one, form))
        checks += [done] if done.failure else []
    return found, checks


def _digest_inside(image: Image, form: Format) -> str:
    """Of a disk that lies in its package as it is: its digest, so that it is unpacked once."""
    if form in _ENDINGS:
        return ""
    with packages.plain(image.folder / image.files[form]) as file:
        place = packages.disk_place(file, names_in(image.record, form))
        if isinstance(place, str):
            raise ValueError(place)
        return packages.digest(file, *place)


def check_disks(
    image: Image, disks: Mapping[Format, str], tools: Container, folder: Path, canaries: Sequence[str]
) -> Iterator[Check]:
    """Look at the disks.

    Args:
        disks: as `unpack` returns them; there is one at least.
        folder: what the container sees as /disks.
        canaries: texts that must be nowhere on the disk, used or not.
    """
    record = image.record
    (first, source), *others = disks.items()

    def raw() -> Iterator[str]:
        yield from _info(tools, source, record)
        tools.run("qemu-img", "convert", "-f", _form(source), "-O", "raw", source, _RAW, doing="unpacking the disk")

    unpacked = check(f"the disk in {image.files[first]} can be read", raw)
    yield unpacked
    if not (folder / DISK).is_file():
        return
    with ThreadPoolExecutor(1) as beside:  # its core sums 20 GB, mostly zeros, while the other one does the rest
        summed = beside.submit(
            check,
            f"the disk in {image.files[first]} is the one that was built, and holds no canary, used or not",
            lambda: _whole(folder / DISK, record, canaries),
        )
        yield from _look_inside(record, tools, canaries, image.folder)
        compared: dict[str, Format] = {source: first}
        for form, disk in others:
            name = f"the disk in {image.files[form]} holds the same"
            if disk in compared:
                yield Check(f"{name}, being the one in {image.files[compared[disk]]}")
                continue
            compared[disk] = form
            yield check(name, partial(_same, tools, disk, record, folder))
        yield summed.result()
    tools.run("rm", "-rf", "/disks/tree", "/disks/esp", _RAW, doing="clearing up")


def _form(disk: str) -> str:
    return disk.rpartition(".")[2]


def _info(tools: Container, disk: str, record: ImageRecord) -> Iterator[str]:
    """What a disk says of itself: its size, and that it stands alone."""
    said = json.loads(
        tools.run("qemu-img", "info", "-f", _form(disk), "--output=json", disk, doing="looking at the disk's header")
    )
    if said["virtual-size"] != record.machine.disk_bytes:
        yield f"has {said['virtual-size']} bytes, built were {record.machine.disk_bytes}"
    more = str(said.get("format-specific", {}))
    if said.get("backing-filename") or said.get("snapshots") or said.get("encrypted") or "data-file'" in more:
        yield "rests on another file, or holds more than one state"


def _whole(disk: Path, record: ImageRecord, canaries: Sequence[str]) -> Iterator[str]:
    """Sum a raw disk and search it; its holes are not read."""
    zero, at, before, last = bytes(_BLOCK), 0, b"", -2
    marks = {canary.encode(): canary for canary in canaries}
    overlap = max(map(len, marks), default=1)
    summed = hashlib.sha256()
    found: set[bytes] = set()
    size = disk.stat().st_size

    def zeros(until: int) -> None:
        for start in range(at, until, _BLOCK):
            summed.update(zero[: min(_BLOCK, until - start)])

    with disk.open("rb") as file:
        for number, block in filled_blocks(file, _BLOCK):
            start = number * _BLOCK
            zeros(start)
            summed.update(block[: size - start])
            at = min(start + _BLOCK, size)
            data = (before[-overlap:] if number == last + 1 else b"") + block
            found |= {mark for mark in marks if mark in data}
            before, last = block, number
    zeros(size)
    if summed.hexdigest() != record.disk_sha256:
        yield f"its sum is {summed.hexdigest()}, built was {record.disk_sha256}"
    for mark in sorted(found):
        yield f"holds the canary {marks[mark]!r}"


def _same(tools: Container, disk: str, record: ImageRecord, folder: Path) -> Iterator[str]:
    yield from _info(tools, disk, record)
    if _form(disk) == "vhdx":
        # qemu compares two such disks by reading all of both. What the same qemu makes of the same disk is compared
        # in a quarter of the time; only another qemu's work is read as a whole.
        again = vhdx(tools, layout_of(record), DISK, folder, "again.vhdx")
        alike = _alike(again, folder / Path(disk).name)
        again.unlink()
        if alike:
            return
    tools.run("qemu-img", "compare", "-f", _form(disk), "-F", "raw", disk, _RAW, doing="comparing disks")


def _alike(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while data := left.read(_BLOCK):
            if data != right.read(_BLOCK):
                return False
    return True


def _look_inside(record: ImageRecord, tools: Container, canaries: Sequence[str], image: Path) -> Iterator[Check]:
    layout = layout_of(record)
    yield check("the partition table is the one that follows from the image's name", lambda: _table(tools, record))
    where = f"{_RAW}?offset={layout.root.offset_bytes}"
    yield check(
        "the root's file system is sound",
        lambda: _silent(tools, "e2fsck", "-fn", where, doing="looking at the root's file system"),
    )

    def read() -> Iterator[str]:
        tools.run("mkdir", "/disks/tree", "/disks/esp", doing="reading the disk's files")
        tools.run("debugfs", "-R", "rdump / /disks/tree", where, doing="reading the disk's files")
        esp = f"{_RAW}@@{layout.esp.offset_bytes}"
        tools.run("mcopy", "-s", "-n", "-i", esp, "::/", "/disks/esp", doing="reading the EFI system partition")
        yield from ()

    done = check("the disk's files can be read", read)
    yield done
    if done.failure:
        return
    menu = {SHIM: "EFI/BOOT/BOOTX64.EFI", GRUB: "EFI/BOOT/grubx64.efi", MOK_MANAGER: "EFI/BOOT/mmx64.efi"}
    loaders = json.dumps([menu, {"EFI/debian/grub.cfg": esp_grub_cfg(layout)}])
    looks: Sequence[tuple[str, Callable[[], Iterator[str]]]] = (
        ("no password, key, machine-id, log or list is in it (R11)", lambda: _program(tools, "scan", *canaries)),
        ("nobody has a login, more rights or another source of packages", lambda: _program(tools, "settings")),
        ("the EFI system partition holds Debian's signed loaders and nothing else",
         lambda: _program(tools, "loaders", loaders)),
        ("the installed packages are those of the bill", lambda: as_listed(tools, image)),
    )  # fmt: skip
    for name, look in looks:
        yield check(name, look)


def _program(tools: Container, name: str, *arguments: str) -> Iterator[str]:
    """Run one of our programs where the disk's files lie."""
    program = files("koor_provision.images.boot").joinpath(f"{name}.py").read_bytes()
    said = tools.run("python3", "-", "/disks/tree", *arguments, given=program, doing="looking through the disk's files")
    yield from json.loads(said)


def _table(tools: Container, record: ImageRecord) -> Iterator[str]:
    layout = layout_of(record)
    said = json.loads(tools.run("sfdisk", "--json", _RAW, doing="reading the partition table"))["partitiontable"]
    found = [tuple(str(one.get(key)).lower() for key in ("start", "size", "type", "uuid", "name")) for one in
             said["partitions"]]  # fmt: skip

    def row(one: Partition) -> tuple[str, ...]:
        return tuple(str(value).lower() for value in (one.start, one.size, one.type, one.uuid, one.name))

    if found != [row(one) for one in layout.partitions]:
        yield f"has the partitions {found}"
    if said["label"] != "gpt" or said["id"].lower() != str(layout.uuid("disk")):
        yield f"is {said['label']} {said['id']}"
    if "No problems found" not in tools.run("sgdisk", "-v", _RAW, doing="checking the partition table").decode():
        yield "sgdisk finds it damaged"


def _silent(tools: Container, *command: str, doing: str) -> Iterator[str]:
    tools.run(*command, doing=doing)
    yield from ()
