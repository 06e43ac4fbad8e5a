import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from koor_provision.errors import InputError, RunError
from koor_provision.images import containers
from koor_provision.images.containers import call, stop_all


def test_what_a_command_prints_is_returned():
    assert call(["cat"], given=b"text", doing="trying") == b"text"


def test_a_failure_says_what_it_was_for_and_its_last_line_but_no_progress():
    with pytest.raises(RunError, match="making the base failed: E: no mirror") as caught:
        call(["sh", "-c", "echo 'E: before' >&2; echo 'E: no mirror' >&2; echo 'I: cleaning up' >&2; exit 1"],
             doing="making the base")  # fmt: skip
    assert "E: before" in caught.value.hint


def test_a_program_that_is_missing_is_named_with_the_package():
    with pytest.raises(InputError, match="no-such-program is not installed"):
        call(["no-such-program"], doing="trying")


CLEARS_UP = """
import pathlib, signal, sys
def stop(*_):
    pathlib.Path("cleared").touch()
    sys.exit(1)
signal.signal(signal.SIGINT, stop)
pathlib.Path("begun").touch()
while True:
    signal.pause()
"""


def test_what_runs_in_other_threads_is_asked_to_stop_and_clears_up(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(call, [sys.executable, "-c", CLEARS_UP], doing="making the base")
        while not (tmp_path / "begun").exists():
            assert not work.done()
        stop_all()
        with pytest.raises(RunError, match="making the base failed"):
            work.result(timeout=60)
    assert (tmp_path / "cleared").exists()


def test_a_container_whose_start_was_cut_off_is_taken_away_as_well(monkeypatch):
    ran = []

    def interrupted(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(containers, "call", interrupted)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(command))
    with pytest.raises(KeyboardInterrupt), containers.container("koor-x", "image", command=["sleep"]):
        pass
    assert ran[0][:3] == ["podman", "rm", "--force"]
