import stat

import pytest

from koor_provision.errors import InputError
from koor_provision.write import write_new, write_whole


def test_a_file_is_written_with_its_mode(tmp_path):
    write_whole(tmp_path / "a", b"data", mode=0o600)

    assert (tmp_path / "a").read_bytes() == b"data"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_what_was_there_is_replaced_and_nothing_else_is_left(tmp_path):
    (tmp_path / "a").write_bytes(b"old")

    write_whole(tmp_path / "a", b"new")

    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "target").write_bytes(b"keep")
    (tmp_path / "a").symlink_to("target")

    write_whole(tmp_path / "a", b"new")

    assert (tmp_path / "target").read_bytes() == b"keep"


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "full").touch()

    with pytest.raises(InputError, match="cannot be written"):
        write_whole(tmp_path / "a", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_no_folder(tmp_path):
    with pytest.raises(InputError, match="cannot be written: No such file"):
        write_whole(tmp_path / "b" / "a", b"new")


def test_a_new_file_is_written_once(tmp_path):
    write_new(tmp_path / "a", b"first", mode=0o600)

    with pytest.raises(InputError, match="is there already"):
        write_new(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_new_file_is_not_written_through_a_link(tmp_path):
    (tmp_path / "a").symlink_to("elsewhere")

    with pytest.raises(InputError, match="is there already"):
        write_new(tmp_path / "a", b"new")
    assert not (tmp_path / "elsewhere").exists()


def test_a_new_file_in_no_folder(tmp_path):
    with pytest.raises(InputError, match="cannot be written: No such file"):
        write_new(tmp_path / "none" / "a", b"new")


def test_a_new_file_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise InputError("cannot be written: No space left", where="a", hint="")

    monkeypatch.setattr("koor_provision.write.write_whole", full)

    with pytest.raises(InputError, match="No space"):
        write_new(tmp_path / "a", b"new")
    assert not list(tmp_path.iterdir())
