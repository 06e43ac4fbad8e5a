"""The folder that is handed over: its names, its sums, and what lies in it besides the files for hypervisors."""

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from koor_provision.images.boot import packages
from koor_provision.images.boot.checking import check
from koor_provision.images.boot.installed import epoch_of, listed
from koor_provision.images.boot.remade import first_difference, texts
from koor_provision.images.boot.trial import Check
from koor_provision.images.names import AGAIN, BILL, DISK, LOCK, NOTES, RECORD, SIGNATURE, SPEC, SUMS
from koor_provision.images.record import Image, ImageRecord
from koor_provision.images.release import Format

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]{0,99})")
_SUMS_BYTES = 64 << 10
_TEXT_BYTES = 1 << 20
_MAY = {DISK}


def check_folder(image: Image, minimum: tuple[int, int]) -> Iterator[Check]:
    """Sums, texts, and each file as its importer wants it.

    Args:
        minimum: R10's cores and memory in MB, which the texts name.
    """
    folder, record = image.folder, image.record
    yield check("SHA256SUMS names everything in the folder, and each is as it was built", lambda: sums(folder, record))
    for name, content in texts(record, minimum).items():
        yield check(f"{name} is what its record says", partial(_text, folder / name, content))
    yield check(f"{SPEC} is what the image was judged and built from", lambda: _judged(folder, record))
    yield check("bill, lock and record say the same", lambda: listed(folder, record))
    for form, name in image.files.items():
        yield check(
            f"{name} is packed as its importer wants it, and as its record says", partial(_packed, image, form, minimum)
        )


def _packed(image: Image, form: Format, minimum: tuple[int, int]) -> Iterator[str]:
    epoch = epoch_of(image.folder)
    if form == "hyperv":
        yield from packages.zipped(image.folder, image.record, epoch, minimum)
    elif form != "qcow2":  # which is nothing but the disk
        yield from packages.tarred(image.folder, image.record, form, epoch)


def sums(folder: Path, record: ImageRecord) -> Iterator[str]:
    """What SHA256SUMS says and is not so; what it does not name; what no build leaves."""
    with packages.plain(folder / SUMS) as file:
        text = file.read(_SUMS_BYTES + 1)
    if len(text) > _SUMS_BYTES:
        yield f"{SUMS} is too long"
        return
    named: dict[str, str] = {}
    for number, line in enumerate(text.decode("utf-8").splitlines(), 1):
        match = _LINE.fullmatch(line)
        if not match or match[2] in named:
            yield f"line {number} is no sum, or names a file a second time"
        else:
            named[match[2]] = match[1]
    must = {*record.files.values(), NOTES, AGAIN, LOCK, SPEC, BILL, RECORD}
    yield from (f"{name}: stands in no sum" for name in sorted(must - named.keys()))
    yield from (f"{name}: is nothing that a build leaves" for name in sorted(named.keys() - must - _MAY))
    yield from (said for name, expected in named.items() if (said := _summed(folder / name, expected)))
    for entry in sorted(folder.iterdir()):
        if entry.name not in named and entry.name not in must | {SUMS, SIGNATURE}:
            yield f"{entry.name}: stands in no sum"


def _summed(file: Path, expected: str) -> str:
    """What is wrong with a file that a sum names; empty where nothing is."""
    try:
        with packages.plain(file) as opened:
            found = packages.digest(opened, 0, os.fstat(opened.fileno()).st_size)
    except FileNotFoundError:
        return f"{file.name}: is not there"
    except (OSError, ValueError):
        return f"{file.name}: is no plain file, or closed to us"
    return "" if found == expected else f"{file.name}: is not as it was built"


def _judged(folder: Path, record: ImageRecord) -> Iterator[str]:
    with packages.plain(folder / SPEC) as file:
        found = packages.digest(file, 0, os.fstat(file.fileno()).st_size)
    if found not in record.inputs.values():
        yield "its digest is none of those that the record names"


def _text(file: Path, expected: bytes) -> Iterator[str]:
    with packages.plain(file) as opened:
        found = opened.read(_TEXT_BYTES)
    if said := first_difference(found, expected):
        yield said
