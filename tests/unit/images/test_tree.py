import io
import tarfile
from pathlib import Path

import pytest

from koor_provision.errors import RunError
from koor_provision.images.tree import Laid, seal

EPOCH = 1_700_000_000
SHADOW = b"root:!:20780:0:99999:7:::\n"


def tree(path: Path, *, order: int = 1, shadow: bytes = SHADOW, mtime: int = EPOCH + 500) -> Path:
    """An archive as podman writes it; with order -1 the other way round, as another file system might list it."""
    entries: list[tuple[str, bytes | str | None]] = [
        ("etc", None),
        ("etc/shadow", shadow),
        ("etc/machine-id", b"0123456789abcdef0123456789abcdef\n"),
        ("usr", None),
        ("usr/old", b"old"),
        ("usr/first", b"twice"),
        ("usr/link", "old"),
    ]
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in entries[::order]:
            member = tarfile.TarInfo(name)
            member.mtime = 1_000_000_000 if name == "usr/old" else mtime
            member.uname = "somebody"
            if content is None:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
            elif isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
            else:
                member.size = len(content)
            if name == "usr/first":
                member.pax_headers = {"SCHILY.xattr.security.capability": "cap", "comment": "when it was packed"}
            archive.addfile(member, io.BytesIO(content) if isinstance(content, bytes) else None)
        second = tarfile.TarInfo("usr/a-second-name")
        second.type, second.linkname = tarfile.LNKTYPE, "usr/first"
        archive.addfile(second)
        device = tarfile.TarInfo("usr/device")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
    return path


def sealed(tmp_path: Path, *laid: Laid, wanted=(), **how) -> dict[str, tarfile.TarInfo]:
    seal(tree(tmp_path / "tree.tar", **how), tmp_path / "sealed.tar", laid, EPOCH, wanted)
    with tarfile.open(tmp_path / "sealed.tar") as archive:
        return {member.name: member for member in archive}


def test_nothing_is_younger_than_the_epoch_and_older_times_stay(tmp_path):
    members = sealed(tmp_path)
    assert members["usr/old"].mtime == 1_000_000_000
    assert members["usr/first"].mtime == EPOCH


def test_the_same_tree_listed_otherwise_gives_the_same_bytes(tmp_path):
    sealed(tmp_path)
    first = (tmp_path / "sealed.tar").read_bytes()
    sealed(tmp_path, order=-1, mtime=EPOCH + 900)
    assert (tmp_path / "sealed.tar").read_bytes() == first


def test_folders_come_first_and_second_names_last(tmp_path):
    members = list(sealed(tmp_path))
    assert members[:2] == ["etc", "usr"]
    assert members[-1] == "usr/a-second-name"


def test_devices_and_names_of_users_do_not_come_along(tmp_path):
    members = sealed(tmp_path)
    assert "usr/device" not in members
    assert {member.uname for member in members.values()} == {""}


def test_capabilities_of_programs_stay_and_nothing_else_of_that_kind(tmp_path):
    assert sealed(tmp_path)["usr/first"].pax_headers == {"SCHILY.xattr.security.capability": "cap"}


def test_what_is_laid_takes_the_place_of_what_was_there(tmp_path):
    members = sealed(tmp_path, Laid("etc/machine-id", mode=0o444), Laid("etc/resolv.conf", target="../run/x"))
    assert (members["etc/machine-id"].size, members["etc/machine-id"].mode) == (0, 0o444)
    assert members["etc/resolv.conf"].linkname == "../run/x"


def test_folders_for_what_is_laid_are_made(tmp_path):
    members = sealed(tmp_path, Laid("opt/new/file", b"x"))
    assert members["opt"].isdir()
    assert members["opt/new"].isdir()


def test_wanted_files_are_returned(tmp_path):
    found = seal(tree(tmp_path / "tree.tar"), tmp_path / "sealed.tar", (), EPOCH, ["usr/old"])
    assert found == {"usr/old": b"old"}


def test_a_wanted_file_that_is_not_there_stops_the_build(tmp_path):
    with pytest.raises(RunError, match="is not in the tree: usr/lib/shim"):
        sealed(tmp_path, wanted=["usr/lib/shim"])


def test_an_account_with_a_password_stops_the_build(tmp_path):
    with pytest.raises(RunError, match="'root' has a password"):
        sealed(tmp_path, shadow=b"root:$y$j9T$x:20780:0:99999:7:::\n")
