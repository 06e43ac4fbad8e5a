import os

import pytest


@pytest.fixture
def files(load_shared):
    return load_shared("whole_file")


@pytest.fixture
def mine(files):
    return files.Access(os.getuid(), os.getgid(), 0o640)


def test_a_file_is_replaced_whole_and_nothing_stays_beside_it(files, mine, tmp_path):
    path = tmp_path / "a.conf"
    files.write(path, b"one", mine)
    files.write(path, b"two", mine)
    assert path.read_bytes() == b"two"
    assert files.Access.of(path) == mine
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_when_a_write_fails(files, mine, tmp_path, monkeypatch):
    path = tmp_path / "a.conf"
    path.write_bytes(b"one")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(files.Access, "give", refuse)
    with pytest.raises(PermissionError):
        files.write(path, b"two", mine)
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_no_plain_file_and_is_replaced_not_followed(files, mine, tmp_path):
    path, link = tmp_path / "a.conf", tmp_path / "b.conf"
    path.write_bytes(b"one")
    link.symlink_to(path)
    assert (files.is_plain_file(path), files.is_plain_file(link)) == (True, False)
    files.write(link, b"two", mine)
    assert (path.read_bytes(), files.is_plain_file(link)) == (b"one", True)
