"""What is installed on the disk, against what the folder says of it: bill, lock and record."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from koor_provision.images.bill import bill
from koor_provision.images.boot.packages import plain
from koor_provision.images.boot.remade import first_difference
from koor_provision.images.containers import Container
from koor_provision.images.inventory import Installed
from koor_provision.images.names import BILL, LOCK
from koor_provision.images.record import ImageRecord

_LIMIT_BYTES = 16 << 20
_COMPONENT = "koor-provision:component"
_SOURCE = "koor-provision:source-package"


def listed(folder: Path, record: ImageRecord) -> Iterator[str]:
    """What in bill, lock and record does not agree."""
    said, found = read_bill(folder)
    owners = {component: name for name, components in said.items() for component in components}
    if differs := first_difference(_read(folder / BILL), bill_of(record, found.values(), owners)):
        yield f"{BILL} is not as a build writes it: {differs}"
    lock = _object(folder / LOCK)
    about = (lock.get("kind"), lock.get("image"), lock.get("system"))
    if about != ("image-lock", record.image, record.system):
        yield f"{LOCK} is that of another image: {about}"
    # Where several architectures could be installed side by side, dpkg says which, and so does the lock.
    locked = {name.partition(":")[0]: version for name, version in lock["packages"].items()}
    versions = {name: one.version for name, one in found.items()}
    if locked != versions:
        names = {name for name in {*versions, *locked} if versions.get(name) != locked.get(name)}
        yield f"{LOCK} and {BILL} differ in {', '.join(sorted(names)[:10])}"
    for component, version in record.versions.items():
        package = owners.get(component)
        if version != (versions[package] if package else ""):
            yield f"{component} is {version or 'nothing'} in the record, {versions.get(package or '')} in {BILL}"
    if unknown := sorted(owners.keys() - record.versions.keys()):
        yield f"{BILL} names components that the record does not: {', '.join(unknown)}"
    reasons = " ".join(one.reason for one in record.findings if one.rule == "R9")
    for component, version in record.versions.items():
        if version and f"{component} {version}" not in reasons:
            yield f"no finding of R9 approves {component} {version}"


def epoch_of(folder: Path) -> int:
    """The time that everything in the image has: seconds since 1970.

    Raises:
        ValueError: the lock does not say.
    """
    epoch = _object(folder / LOCK).get("epoch")
    if not isinstance(epoch, int) or not 315_532_800 <= epoch < 1 << 32:  # noqa: PLR2004  # zip begins in 1980
        raise ValueError(f"{LOCK} names no time")
    return epoch


def as_listed(tools: Container, folder: Path) -> Iterator[str]:
    """What is installed on the disk otherwise than the bill says; the tools see the disk's files in /disks/tree."""
    status = tools.run("cat", "/disks/tree/var/lib/dpkg/status", doing="reading what is installed").decode()
    here = {one.name: one for one in _packages(status)}
    _, found = read_bill(folder)
    for name in sorted(here.keys() | found.keys()):
        if here.get(name) != found.get(name):
            yield f"{name} is {_short(here.get(name))} on the disk, {_short(found.get(name))} in {BILL}"


def _short(one: Installed | None) -> str:
    return f"{one.version} ({one.architecture}, from {one.source})" if one else "not"


def _packages(status: str) -> Iterator[Installed]:
    for paragraph in status.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if line[:1].strip() and ": " in line)
        if fields.get("Status", "").endswith(" installed"):
            name = fields["Package"]
            source = fields.get("Source", name).partition(" ")[0]
            yield Installed(name, fields["Version"], fields["Architecture"], source)


def bill_of(record: ImageRecord, packages: Iterable[Installed], owners: dict[str, str]) -> bytes:
    """The bill, made again."""
    return bill(record.image, record.system, packages, owners).encode()


def read_bill(folder: Path) -> tuple[dict[str, list[str]], dict[str, Installed]]:
    """Of each package the components that it is, and what the bill says of it.

    Raises:
        ValueError, LookupError, TypeError: it is no bill.
    """
    components: dict[str, list[str]] = {}
    packages: dict[str, Installed] = {}
    for one in _object(folder / BILL)["components"]:
        more = [(pair["name"], pair["value"]) for pair in one["properties"]]
        _, _, qualifiers = one["purl"].partition("?arch=")
        source = dict(more)[_SOURCE]
        packages[one["name"]] = Installed(one["name"], one["version"], qualifiers.partition("&")[0], source)
        components[one["name"]] = [value for name, value in more if name == _COMPONENT]
    return components, packages


def _read(file: Path) -> bytes:
    with plain(file) as opened:
        return opened.read(_LIMIT_BYTES)


def _object(file: Path) -> dict[str, Any]:
    found = json.loads(_read(file))
    if not isinstance(found, dict):
        raise ValueError(f"{file.name} holds no object")  # bad data, and no mistake of the program
    return found
