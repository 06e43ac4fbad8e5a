"""Access control lists and their like are seen wherever they hang, and those that a folder passes on are known."""

import os
import struct
from pathlib import Path

import pytest

from koor_provision.audit.target import tree
from koor_provision.audit.target.attributes import ACCESS, DEFAULT, attributes, inherited
from koor_provision.audit.target.differences import entry


def acl(user: int, rights: int) -> bytes:
    """An access control list that names one user."""
    whole = 0xFFFFFFFF
    rows = [(1, 6, whole), (2, rights, user), (4, 4, whole), (16, 7, whole), (32, 0, whole)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *row) for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    try:
        os.setxattr(tmp_path, DEFAULT, acl(33, 4))
        os.removexattr(tmp_path, DEFAULT)
    except OSError:
        pytest.skip("no access control lists on this file system")
    return tmp_path


def letters(path: Path) -> str:
    return attributes(str(path))[1].partition(":")[0]


def test_each_sort_has_its_letter_and_each_value_its_digest(folder: Path) -> None:
    file = folder / "file"
    file.write_text("")
    assert attributes(str(file)) == ("", "")
    os.setxattr(file, ACCESS, acl(33, 4))
    first = attributes(str(file))
    os.setxattr(file, ACCESS, acl(33, 6))
    assert letters(file) == "A"
    assert attributes(str(file)) != first
    os.setxattr(folder, DEFAULT, acl(33, 7))
    assert letters(folder) == "D"


def test_a_walk_tells_of_files_and_folders(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "file").write_text("")
    before = list(tree.Walk(str(folder), {}).folders())
    os.setxattr(folder / "below", DEFAULT, acl(33, 7))
    os.setxattr(folder / "file", ACCESS, acl(33, 4))
    after = list(tree.Walk(str(folder), {}).folders())
    assert before != after
    rows = dict(zip(*[iter(after[0].decode().split("\0")[1:])] * 2, strict=True))
    assert entry(rows["below"]).attributes[:2] == "D:"
    assert entry(rows["file"]).attributes[:2] == "A:"


def test_what_a_folder_passes_on_is_inherited_and_nothing_else(folder: Path) -> None:
    os.setxattr(folder, DEFAULT, acl(33, 4))
    (folder / "file").write_text("")
    (folder / "below").mkdir()
    assert letters(folder / "file") == "A"
    assert inherited(str(folder / "file"))
    assert inherited(str(folder / "below"))
    os.setxattr(folder / "file", ACCESS, acl(33, 6))
    os.setxattr(folder / "below", DEFAULT, acl(44, 4))
    assert not inherited(str(folder / "file"))
    assert not inherited(str(folder / "below"))
    os.removexattr(folder, DEFAULT)
    assert not inherited(str(folder / "file"))
