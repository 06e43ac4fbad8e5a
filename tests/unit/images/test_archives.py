import zipfile

import pytest

from koor_provision.images.archives import tar, zipped

DISK = b"disk" * 1000
EPOCH = 1_700_000_000


@pytest.mark.parametrize("pack", [tar, zipped])
def test_packing_twice_gives_the_same_bytes(tmp_path, pack):
    (tmp_path / "disk").write_bytes(DISK)
    for name in ("one", "two"):
        pack(tmp_path / name, {"text": b"text", "disk": tmp_path / "disk"}, EPOCH)
        (tmp_path / "disk").touch()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_was_zipped_comes_out_again(tmp_path):
    (tmp_path / "disk").write_bytes(DISK)
    zipped(tmp_path / "x.zip", {"disk": tmp_path / "disk", "text": b"text"}, EPOCH)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None
        assert (archive.read("disk"), archive.read("text")) == (DISK, b"text")
