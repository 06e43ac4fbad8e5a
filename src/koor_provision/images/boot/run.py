"""Tests everything in an image's folder: packages, the disk's files, and machines that are started from it."""

import json
import secrets
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

from koor_provision.errors import InputError, KoorError
from koor_provision.images.boot import packages
from koor_provision.images.boot.machines import Machine
from koor_provision.images.boot.trial import Check, Seen, Trial, starts
from koor_provision.images.containers import Container

_AT_ONCE = 2
"""Machines side by side; each takes a core and a half."""
_DISK_IN = {"virtualbox": ".vmdk", "vmware": ".vmdk", "vagrant": ".vmdk", "hyperv": ".vhdx"}


@dataclass(frozen=True)
class Image:
    """A folder that a build left, as its own record describes it."""

    folder: Path
    record: dict[str, Any]

    @property
    def files(self) -> dict[str, str]:
        """For each format its file."""
        return dict(self.record["files"])

    @property
    def disk_bytes(self) -> int:
        """Size of the disk."""
        return int(self.record["machine"]["disk_bytes"])


def read_image(folder: Path) -> Image:
    """Read what a build says of itself.

    Raises:
        InputError: the folder holds no image.
    """
    try:
        record = json.loads((folder / "image.json").read_text(encoding="utf-8"))
        if record["kind"] != "image-record" or not record["files"]:
            raise KeyError("kind")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "holds no image", where=str(folder), hint="name the folder that `koor-provision image build` wrote"
        ) from error
    return Image(folder, record)


def check_packages(image: Image) -> Iterator[Check]:
    """Sums, manifests and descriptors."""
    machine = image.record["machine"]
    sums = (image.folder / "SHA256SUMS").read_text(encoding="utf-8")
    yield _check("SHA256SUMS names every file, and each is as it was built", lambda: packages.sums(image.folder, sums))
    looks: dict[str, Callable[[Path], Iterator[str]]] = {
        "virtualbox": lambda file: packages.ova(file, **machine),
        "vmware": lambda file: packages.ova(file, **machine),
        "hyperv": packages.hyperv,
        "vagrant": packages.box,
    }
    for form, name in image.files.items():
        if form in looks:
            yield _check(f"{name} is packed as its importer wants it", partial(looks[form], image.folder / name))


def unpack(image: Image, folder: Path) -> dict[str, str]:
    """Have every disk as a file in the folder; returns where containers see each (as /disks/...)."""
    found: dict[str, str] = {}
    for form, name in image.files.items():
        source = image.folder / name
        if form == "qcow2":
            shutil.copyfile(source, folder / "disk.qcow2")
            found[form] = "/disks/disk.qcow2"
            continue
        target = folder / f"{form}{_DISK_IN[form]}"
        with target.open("wb") as out:
            if form == "hyperv":
                with zipfile.ZipFile(source) as archive:
                    inside = next(one for one in archive.namelist() if one.endswith(_DISK_IN[form]))
                    with archive.open(inside) as opened:
                        shutil.copyfileobj(opened, out, 1 << 20)
            else:
                packages.copy_disk(source, out)
        found[form] = f"/disks/{target.name}"
    return found


def check_disks(image: Image, disks: dict[str, str], tools: Container, canaries: Sequence[str]) -> Iterator[Check]:
    """All disks hold the same, what they hold is sound, and nothing secret is among it."""
    first = next(iter(disks.values()))
    tools.run("qemu-img", "convert", "-O", "raw", first, "/disks/disk.raw", doing="unpacking the disk")

    def raw() -> Iterator[str]:
        said = tools.run("sha256sum", "/disks/disk.raw", doing="summing up the disk").decode().split()[0]
        if said != image.record["disk_sha256"]:
            yield f"the disk's sum is {said}, built was {image.record['disk_sha256']}"

    yield _check(f"the disk in {image.files[next(iter(disks))]} is the one that was built", raw)
    compared: dict[str, str] = {}
    for form, disk in list(disks.items())[1:]:
        digest = tools.run("sha256sum", disk, doing="summing up a disk").decode().split()[0]
        if digest in compared:  # both OVAs and the box hold one and the same file
            yield Check(f"the disk in {image.files[form]} is the one in {compared[digest]}")
            continue
        compared[digest] = image.files[form]
        yield _check(f"the disk in {image.files[form]} holds the same", partial(_same, tools, disk))
    yield _check(
        "the partition table is sound",
        lambda: _silent(tools, "sgdisk -v /disks/disk.raw | grep -q 'No problems found'"),
    )
    yield _check(
        "the root's file system is sound",
        lambda: _silent(
            tools,
            _ROOT + "e2fsck -fn /disks/disk.raw?offset=$((root*512)) >/dev/null 2>&1",
        ),
    )
    tools.run(
        "sh",
        "-c",
        _ROOT
        + "mkdir /disks/tree && debugfs -R 'rdump / /disks/tree' /disks/disk.raw?offset=$((root*512)) >/dev/null 2>&1",
        doing="reading the disk's files",
    )

    def scanned() -> Iterator[str]:
        program = files("koor_provision.images.boot").joinpath("scan.py").read_bytes()
        said = tools.run(
            "python3", "-", "/disks/tree", *canaries, given=program, doing="looking through the disk's files"
        )
        yield from json.loads(said)

    yield _check("no password, key, machine-id, log or list is in it (R11)", scanned)
    tools.run("rm", "-rf", "/disks/tree", "/disks/disk.raw", doing="clearing up")


_ROOT = (
    "root=$(sfdisk --json /disks/disk.raw | python3 -c 'import json, sys; "
    'print(json.load(sys.stdin)["partitiontable"]["partitions"][2]["start"])\'); '
)


def _same(tools: Container, disk: str) -> Iterator[str]:
    tools.run("qemu-img", "compare", "-F", "raw", disk, "/disks/disk.raw", doing="comparing disks")
    yield from ()


def _silent(tools: Container, command: str) -> Iterator[str]:
    tools.run("sh", "-c", command, doing="looking at the disk")
    yield from ()


def _check(name: str, look: Callable[[], Iterator[str]]) -> Check:
    begun = time.monotonic()
    try:
        wrong = list(look())
    except KoorError as error:
        wrong = [str(error)]
    return Check(name, "\n".join(wrong[:50]), time.monotonic() - begun)


def boot(
    image: Image, disks: dict[str, str], chosen: Sequence[Machine], tag: str, folder: Path, tell: Callable[[Seen], None]
) -> list[Seen]:
    """Start the machines, two at a time, and each again as what it is started as afterwards.

    Args:
        tell: called when a start is done.
    """
    token = secrets.token_hex(3)

    def one(numbered: tuple[int, Machine]) -> list[Seen]:
        number, machine = numbered
        trial = Trial(disks[machine.file], image.disk_bytes, tag, folder, f"koor-image-boot-{token}-{number}")
        seen = []
        for start in starts(machine, trial):
            tell(start)
            seen.append(start)
        return seen

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [start for found in pool.map(one, enumerate(chosen)) for start in found]


def check_differences(machines: Sequence[Seen]) -> Iterator[Check]:
    """No two machines have anything secret in common."""
    known = [(one.machine.name, one.identity) for one in machines if one.identity]
    for (left, mine), (right, theirs) in combinations(known, 2):
        shared = mine.shared_with(theirs)
        yield Check(f"{left} and {right} share no secret", f"the same on both: {', '.join(shared)}" if shared else "")
