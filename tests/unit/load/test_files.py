import hashlib
import os
import socket
from pathlib import Path

import pytest

from koor_provision.errors import InputError
from koor_provision.load.files import read


def test_a_file_is_read_with_its_digest(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 10)

    content = read(tmp_path / "a", "a.yml", limit=10)

    assert content.data == b"x" * 10
    assert content.sha256 == hashlib.sha256(b"x" * 10).hexdigest()


def test_one_byte_too_many(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 2049)

    with pytest.raises(InputError, match=r"a\.yml: larger than 2 KiB"):
        read(tmp_path / "a", "a.yml", limit=2048)


def test_missing(tmp_path):
    with pytest.raises(InputError, match=r"a\.yml: missing") as caught:
        read(tmp_path / "a", "a.yml", hint="write it")
    assert caught.value.hint == "write it"


def test_the_way_to_it_is_a_file(tmp_path):
    (tmp_path / "a").touch()

    with pytest.raises(InputError, match=r"cannot be read: Not a directory"):
        read(tmp_path / "a" / "b", "b.yml")


def test_a_name_that_is_too_long(tmp_path):
    with pytest.raises(InputError, match="File name too long"):
        read(tmp_path / ("x" * 300), "a.yml")


@pytest.mark.parametrize("target", ["file", "nowhere", "link"])
def test_links(tmp_path, target):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(target)

    with pytest.raises(InputError, match="is a symbolic link"):
        read(tmp_path / "link", "a.yml")


def test_a_folder(tmp_path):
    with pytest.raises(InputError, match="is not a plain file"):
        read(tmp_path, "a.yml")


def test_a_named_pipe_does_not_make_us_wait(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(InputError, match="is not a plain file"):
        read(tmp_path / "pipe", "a.yml")


def test_a_device():
    with pytest.raises(InputError, match="is not a plain file"):
        read(Path("/dev/zero"), "a.yml")


def test_a_socket(tmp_path):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
        with pytest.raises(InputError, match="cannot be read"):
            read(tmp_path / "socket", "a.yml")


def test_nothing_is_left_open(tmp_path):
    (tmp_path / "a").touch()
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # a count of descriptors

    read(tmp_path / "a", "a.yml")
    with pytest.raises(InputError):
        read(tmp_path, "a.yml")

    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
