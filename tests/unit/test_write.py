import stat

import pytest

from koor_provision.errors import InputError
from koor_provision.write import write_whole


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
