"""The bundle is there whole or not at all, as a folder and as one archive, the same bytes every time."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.bundles import Run, verified

from koor_provision.errors import InputError
from koor_provision.evidence.bundle import ROOM_BYTES, Bundle, archive_of, prepare


def test_digests_hold_and_stand_for_the_whole(bundle: Path) -> None:
    sums = bundle / "SHA256SUMS"
    assert verified(bundle).sha256 == hashlib.sha256(sums.read_bytes()).hexdigest()
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", sums], cwd=bundle, check=True)


def test_the_archive_is_the_folder(bundle: Path, tmp_path: Path) -> None:
    archive = archive_of(bundle)
    assert verified(archive) == verified(bundle)
    subprocess.run(["gzip", "--test", archive], check=True)
    done = subprocess.run(
        ["tar", "--extract", "--gzip", "--file", archive], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert not done.stderr
    unpacked = tmp_path / verified(bundle).plan.plan
    assert {path.name: path.read_bytes() for path in unpacked.iterdir()} == {
        path.name: path.read_bytes() for path in bundle.iterdir()
    }
    assert {path.stat().st_mode & 0o777 for path in unpacked.iterdir()} == {0o644}


def test_the_same_files_make_the_same_archive(run: Run, tmp_path: Path) -> None:
    first, second = (archive_of(run.write(tmp_path / name)).read_bytes() for name in ("one", "two"))
    assert first == second


def test_earlier_evidence_is_not_overwritten(run: Run, bundle: Path) -> None:
    before = {path.name: path.read_bytes() for path in bundle.iterdir()}
    with pytest.raises(InputError, match="cannot be written"):
        Bundle(run.record(), {**run.files(), "more.txt": "x"}).write(bundle, None)
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == before
    assert sorted(path.name for path in bundle.parent.iterdir() if "evidence" in path.name) == [
        "evidence", "evidence.tar.gz",
    ]  # fmt: skip


def test_any_set_of_files(run: Run, tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {
        "sbom.cdx.json": "{}",
        "checklist.yml": "a: b\n",
        "picture.png": b"\x89PNG\r\n\x1a\n",
    }
    bundle = Bundle(run.record(), {**run.files(), **more})
    bundle.write(tmp_path / "evidence", run.key(bundle.sums, "evidence@koor-provision"))
    for path in (tmp_path / "evidence", tmp_path / "evidence.tar.gz"):
        assert set(more) < set(verified(path).manifest.files)


def test_place_is_looked_at_before_anything_is_done(tmp_path: Path) -> None:
    prepare(tmp_path / "new" / "run")
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").write_text("")
    (tmp_path / "packed.tar.gz").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("new", "file/run", "link", "link/run", "packed"):
        with pytest.raises(InputError):
            prepare(tmp_path / name)


def test_no_room_is_told_before_anything_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=ROOM_BYTES - 1))
    with pytest.raises(InputError, match="there is no room for the evidence, 16 MB"):
        prepare(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_did_not_finish_is_swept_and_nothing_else(tmp_path: Path) -> None:
    plan = "0123456789abcdef"
    old, fresh = tmp_path / f".{plan}.abcdefgh", tmp_path / f".{plan}.12345678"
    others = [tmp_path / ".something.abcdefgh", tmp_path / plan, tmp_path / f".{plan}.abcdefghi"]
    for folder in (old, fresh, *others):
        folder.mkdir()
        (folder / "file").touch()
    for folder in (old, *others):
        os.utime(folder, (0, 0))
    prepare(tmp_path / "run")
    assert sorted(tmp_path.iterdir()) == sorted([fresh, *others])
