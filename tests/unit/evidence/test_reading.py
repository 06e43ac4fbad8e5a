"""A bundle comes from anywhere: nothing in it is followed, unpacked or believed before it is bounded."""

import gzip
import io
import os
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.amount import examples

from koor_provision.errors import InputError, KoorError, RunError
from koor_provision.evidence import archive, reading
from koor_provision.evidence.bundle import archive_of
from koor_provision.evidence.reading import read_bundle


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        read_bundle(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("make", "trouble"),
    [
        (lambda path: path.symlink_to("/etc/passwd"), "is a symbolic link"),
        (os.mkfifo, "is not a plain file"),
        (lambda path: path.mkdir(), "is not a plain file"),
    ],
)
def test_what_is_no_file(bundle: Path, make: Callable[[Path], None], trouble: str) -> None:
    make(bundle / "extra")
    with pytest.raises(RunError, match=trouble) as error:
        read_bundle(bundle)
    assert error.value.where == "extra"


@pytest.mark.parametrize("name", [".hidden", "a b", "ä", "x" * 81, "a\nb", "-rf"])
def test_names_that_no_file_of_ours_has(bundle: Path, name: str) -> None:
    (bundle / name).write_text("")
    with pytest.raises(RunError, match="no file of it has such a name"):
        read_bundle(bundle)


def test_too_much(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_FILES", 8)
    with pytest.raises(RunError, match="holds more than 8 files"):
        read_bundle(bundle)
    monkeypatch.setattr(reading, "MAX_FILES", 100)
    monkeypatch.setattr(reading, "MAX_BUNDLE_BYTES", 4096)
    for path in (bundle, archive_of(bundle)):
        with pytest.raises(KoorError, match="larger than"):
            read_bundle(path)


def test_a_file_that_is_larger_than_there_is_memory_for(bundle: Path) -> None:
    """Sparse: it takes no space on the disk, and would take all of it in memory."""
    with (bundle / "zeros").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(RunError, match="larger than 65536 KiB"):
        read_bundle(bundle)


def tar_of(*members: tarfile.TarInfo) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(bytes(member.size)))
    return file.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


HOSTILE = {
    "out of the folder": tar_of(member("../../etc/cron.d/evil")),
    "an absolute path": tar_of(member("/etc/cron.d/evil")),
    "a link": tar_of(member("x/a", tarfile.SYMTYPE, "/etc/passwd")),
    "a hard link": tar_of(member("x/a", tarfile.LNKTYPE, "/etc/passwd")),
    "a device": tar_of(member("x/a", tarfile.CHRTYPE)),
    "a pipe": tar_of(member("x/a", tarfile.FIFOTYPE)),
    "a folder": tar_of(member("x", tarfile.DIRTYPE)),
    "a file twice": tar_of(member("x/a"), member("x/a")),
    "a bomb": gzip.compress(bytes(50_000_000)),
    "no tar": gzip.compress(b"hello"),
    "no gzip": b"hello",
    "nothing": b"",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_archives_of_others(tmp_path: Path, what: str) -> None:
    """Once as anybody packs it, once stored as ours are."""
    stored = archive._gzip(gzip.decompress(HOSTILE[what])) if HOSTILE[what][:2] == b"\x1f\x8b" else b""
    for data in (HOSTILE[what], stored):
        (tmp_path / "bundle.tar.gz").write_bytes(data)
        with pytest.raises(RunError, match="is no archive of ours as it was written"):
            read_bundle(tmp_path / "bundle.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["bundle.tar.gz"]


@pytest.mark.parametrize("name", ["../a", "a/b", "/a", ".a", "a\0b", "", "x" * 81])
def test_names_that_are_not_packed(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        archive.pack("0" * 16, {name: b""})


def test_bytes_thrown_in_anywhere(bundle: Path) -> None:
    """Never a traceback, whatever an archive holds."""
    packed = archive_of(bundle)
    before = packed.read_bytes()
    dice = random.Random(7)  # noqa: S311  # any bytes will do
    for _ in range(examples(500)):
        at, length = dice.randrange(len(before)), dice.randrange(1, 600)
        changed = before[:at] + dice.randbytes(length) + before[at + dice.randrange(2) * length :]
        packed.write_bytes(changed)
        with pytest.raises(RunError):
            read_bundle(packed)


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 65535, 65536, 200_000])
def test_files_of_any_size(size: int) -> None:
    files = {"a": bytes(size), "b.txt": b"x" * size}
    assert archive.unpack(archive.pack("f" * 16, files)) == ("f" * 16, files)
