"""The bundle is there whole or not at all."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from koor_provision.errors import InputError
from koor_provision.evidence.bundle import write_bundle


def test_digests_hold_and_stand_for_the_whole(tmp_path: Path) -> None:
    total = write_bundle(tmp_path / "new" / "run", {"a.txt": "ä", "b.bin": b"\0"})
    sums = tmp_path / "new" / "run" / "SHA256SUMS"
    assert total == hashlib.sha256(sums.read_bytes()).hexdigest()
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", sums], cwd=sums.parent, check=True)


def test_earlier_evidence_is_not_overwritten(tmp_path: Path) -> None:
    write_bundle(tmp_path / "run", {"a.txt": "first"})
    with pytest.raises(InputError, match="cannot be written"):
        write_bundle(tmp_path / "run", {"a.txt": "second"})
    assert (tmp_path / "run" / "a.txt").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
