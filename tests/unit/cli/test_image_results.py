"""What a test of an image leaves behind when it does not run to its end."""

import os
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET  # reads what the test itself made

import pytest
from tests.unit.images.boot.small import build

from koor_provision.cli.image_cut_off import cut_off_cleanly
from koor_provision.cli.image_results import Results
from koor_provision.errors import Exit, RunError
from koor_provision.images.boot.trial import Check


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image") / "out"
    build(folder)
    return folder


@pytest.fixture
def folder(built, tmp_path):
    return shutil.copytree(built, tmp_path / "out")


def names(report: Path) -> dict[str, bool]:
    cases = ET.parse(report).findall(".//testcase")  # noqa: S314
    return {case.get("name") or "": case.find("failure") is None for case in cases}


def test_what_ends_a_test_leaves_its_results_and_a_report(capsys, tmp_path):
    results = Results(tmp_path / "junit.xml", None)

    def broken_off() -> None:
        with results:
            results.add("disk", Check("is sound"))
            results.add("disk", Check("is clean", "first\nsecond"))
            raise RunError("no space left")

    with pytest.raises(RunError):
        broken_off()
    assert names(tmp_path / "junit.xml") == {"is sound": True, "is clean": False, "the test runs to its end": False}
    said = capsys.readouterr().out
    assert "1 of 3 passed" in said
    assert "          first\n          second\n" in said
    assert results.code == Exit.FAILED


def test_a_test_that_looked_at_nothing_did_not_pass(tmp_path):
    with Results(None, None) as results:
        pass
    assert results.code == Exit.FAILED


PODMAN = """#!/bin/sh
echo "$@" >>{log}
if [ "$1" = ps ] && [ ! -e {log}.gone ]; then echo 0123456789ab; fi
if [ "$1" = rm ]; then touch {log}.gone; fi
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_a_test_ends_its_containers_and_no_others(number, tmp_path, monkeypatch):
    log = tmp_path / "log"
    (tmp_path / "podman").write_text(PODMAN.format(log=log))
    (tmp_path / "podman").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), cut_off_cleanly(tmp_path / "disks"):
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) == before
    assert f"ps --all --quiet --filter volume={tmp_path}/disks" in log.read_text().splitlines()
    assert "rm --force --time 0 0123456789ab" in log.read_text().splitlines()


def test_a_report_that_cannot_be_written_is_told_before_anything_is_done(koor, folder, tmp_path):
    for option, place in (
        ("--junit", tmp_path / "missing" / "j.xml"),
        ("--junit", tmp_path),
        ("--logs", folder / "image.json"),
    ):
        answer = koor("image", "test", folder, option, place)
        assert answer.code == 2
        assert "the report cannot be written" in answer.err
        assert "Checking" not in answer.err


def test_a_record_that_is_none_is_bad_input_and_still_in_the_report(koor, folder, tmp_path):
    (folder / "image.json").write_text('{"kind": "image-record"}')
    answer = koor("image", "test", folder, "--junit", tmp_path / "j.xml")
    assert answer.code == 2
    assert "summary: Field required" in answer.err
    assert names(tmp_path / "j.xml") == {"the test runs to its end": False}


def test_no_room_for_the_disks_is_told_with_its_place(koor, folder, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    answer = koor("image", "test", folder)
    assert answer.code == 2
    assert "TMPDIR=" in answer.err
