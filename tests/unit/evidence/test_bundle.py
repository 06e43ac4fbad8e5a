"""The bundle is there whole or not at all."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from koor_provision.errors import InputError
from koor_provision.evidence.bundle import Bundle, prepare


def test_digests_hold_and_stand_for_the_whole(tmp_path: Path) -> None:
    total = Bundle({"a.txt": "ä", "b.bin": b"\0"})
    total.write(tmp_path / "new" / "run")
    sums = tmp_path / "new" / "run" / "SHA256SUMS"
    assert total.sha256 == hashlib.sha256(sums.read_bytes()).hexdigest()
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", sums], cwd=sums.parent, check=True)


def test_earlier_evidence_is_not_overwritten(tmp_path: Path) -> None:
    Bundle({"a.txt": "first"}).write(tmp_path / "run")
    with pytest.raises(InputError, match="cannot be written"):
        Bundle({"a.txt": "second"}).write(tmp_path / "run")
    assert (tmp_path / "run" / "a.txt").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_place_is_looked_at_before_anything_is_done(tmp_path: Path) -> None:
    prepare(tmp_path / "new" / "run")
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for folder in (tmp_path / "new", tmp_path / "file" / "run", tmp_path / "link", tmp_path / "link" / "run"):
        with pytest.raises(InputError):
            prepare(folder)
