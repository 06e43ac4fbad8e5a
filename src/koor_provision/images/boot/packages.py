"""Holds each file against what a build writes for its record: everything but the disk inside is made again."""

import hashlib
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from koor_provision.images.boot.remade import first_difference, names_in, tar_head, texts, vmdk_head
from koor_provision.images.boot.schema import schema
from koor_provision.images.names import NOTES
from koor_provision.images.record import ImageRecord, machine_of
from koor_provision.images.release import Format, before_disk, beside_disk, disk_in

_CHUNK = 1 << 20
_MEMBERS = 20
_TEXT_BYTES = 1 << 20
_TAR_RECORD = 10_240
_LOCAL_HEADER = 30
_ZIP64_EXTRA = 20
_MOST_WITHOUT_ZIP64 = 0xFFFF_FFFF
_UNIX = 3


def plain(file: Path) -> BinaryIO:
    """Open a file that is one: no link, folder, pipe or device.

    Raises:
        ValueError: it is something else.
        OSError: it is not there, or closed to us.
    """
    opened = os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        opened.close()
        raise ValueError(f"{file.name} is no plain file")
    return opened


def digest(file: BinaryIO, start: int, size: int) -> str:
    """SHA-256 of a part of a file."""
    summed = hashlib.sha256()
    for at in range(start, start + size, _CHUNK):
        summed.update(os.pread(file.fileno(), min(_CHUNK, start + size - at), at))
    return summed.hexdigest()


def tarred(folder: Path, record: ImageRecord, form: Format, epoch: int) -> Iterator[str]:
    """What is wrong with an OVA or a box."""
    wanted, inside = names_in(record, form), disk_in(record.image, form)
    with plain(folder / record.files[form]) as file:
        place = disk_place(file, wanted)
        if isinstance(place, str):
            yield place
            return
        start, size = place
        parts = before_disk(machine_of(record), form, size, digest(file, start, size))
        found = dict(zip(wanted, _texts(file), strict=False))
        for name, content in parts.items():
            if said := first_difference(found.get(name, b""), content):
                yield f"{name} is not as its record says: {said}"
            if name.endswith(".ovf"):
                yield from (f"{name}: {wrong}" for wrong in schema(found.get(name, b"")))
        head = tar_head(parts, inside, size, epoch)
        if os.pread(file.fileno(), start, 0) != head:
            yield "times, owners or other fields of its members are not as a build writes them"
        whole = -(-(start + -(-size // 512) * 512 + 1024) // _TAR_RECORD) * _TAR_RECORD
        rest = os.pread(file.fileno(), 2 * _TAR_RECORD, start + size)
        if os.fstat(file.fileno()).st_size != whole or rest.strip(b"\0"):
            yield "something stands after the disk"
        head = vmdk_head(record)
        if os.pread(file.fileno(), len(head), start) != head:
            yield f"{inside} is no stream-optimised disk of this name and size"


def disk_place(file: BinaryIO, wanted: list[str]) -> tuple[int, int] | str:
    """Where in an OVA or a box the disk begins, and its size; or in words why there is none."""
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:") as archive:
        members = [member for _, member in zip(range(_MEMBERS), archive, strict=False)]
    names = [member.name for member in members]
    if names != wanted:
        return f"holds {', '.join(names[:10])}; expected {', '.join(wanted)}"
    if not all(member.isreg() for member in members):
        return "holds a member that is no plain file"
    last = members[-1]
    if os.fstat(file.fileno()).st_size < last.offset_data + last.size:
        return "is cut off"
    return last.offset_data, last.size


def _texts(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for _, member in zip(range(_MEMBERS), archive, strict=False):
            opened = archive.extractfile(member)
            yield opened.read(_TEXT_BYTES) if opened else b""


def zipped(folder: Path, record: ImageRecord, epoch: int, minimum: tuple[int, int]) -> Iterator[str]:
    """What is wrong with the zip for Hyper-V."""
    wanted = names_in(record, "hyperv")
    moment = datetime.fromtimestamp(epoch, UTC)
    with plain(folder / record.files["hyperv"]) as file, zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if [entry.orig_filename for entry in entries] != wanted:
            yield f"holds {', '.join(entry.orig_filename for entry in entries[:10])}; expected {', '.join(wanted)}"
            return
        at = 0
        for entry in entries:
            extra = entry.extra if max(entry.file_size, entry.compress_size) <= _MOST_WITHOUT_ZIP64 else b""
            fields = (entry.date_time, entry.external_attr, entry.internal_attr, entry.create_system, entry.volume)
            if fields != (moment.timetuple()[:6], 0o644 << 16, 0, _UNIX, 0) or entry.comment or extra:
                yield f"{entry.filename}: time, rights or other fields are not as a build writes them"
            if entry.header_offset != at:
                yield f"{entry.filename}: something stands before it"
            head = os.pread(file.fileno(), _LOCAL_HEADER, at)
            name, more = struct.unpack("<HH", head[26:])
            if head[:18] != _local_header(entry) or name != len(entry.filename) or more not in {0, _ZIP64_EXTRA}:
                yield f"{entry.filename}: is something else where it begins"
            at += _LOCAL_HEADER + name + more + entry.compress_size
        if archive.comment or archive.start_dir != at:
            yield "something stands between its members or after them"
        for name, content in beside_disk(machine_of(record), texts(record, minimum)[NOTES]).items():
            with archive.open(name) as opened:
                found = opened.read(_TEXT_BYTES)
            if said := first_difference(found, content):
                yield f"{name} is not as its record says: {said}"


def _local_header(entry: zipfile.ZipInfo) -> bytes:
    """How a member begins, up to its sizes, by what the directory at the end says of it."""
    year, month, day, hour, minute, second = entry.date_time
    time, date = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
    method = zipfile.ZIP_DEFLATED
    return struct.pack("<4sHHHHHL", b"PK\3\4", entry.extract_version, 0, method, time, date, entry.CRC)


def unpack(folder: Path, record: ImageRecord, form: Format, target: Path) -> None:
    """Take the disk out of a format's file. Whether it is the right one is asked elsewhere.

    Raises:
        ValueError: there is none where it should be.
    """
    with plain(folder / record.files[form]) as file, target.open("wb") as out:
        if form == "qcow2":
            start, size = 0, os.fstat(file.fileno()).st_size
        elif form == "hyperv":
            limit = record.machine.disk_bytes + _CHUNK * 64
            with zipfile.ZipFile(file) as archive, archive.open(disk_in(record.image, form)) as opened:
                while data := opened.read(_CHUNK):
                    out.write(data)
                    if out.tell() > limit:
                        raise ValueError(f"{disk_in(record.image, form)} is larger than the machine's disk")
            return
        else:
            place = disk_place(file, names_in(record, form))
            if isinstance(place, str):
                raise ValueError(place)
            start, size = place
        _copy(file, start, size, out)


def _copy(file: BinaryIO, start: int, size: int, out: BinaryIO) -> None:
    done = 0
    while done < size:
        copied = os.copy_file_range(file.fileno(), out.fileno(), size - done, start + done)
        if not copied:
            raise ValueError(f"{file.name} is cut off")
        done += copied
