"""The lock keeps a second run out, says who has it, and goes with its holder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from koor_provision.audit.target import lock

HOLD = """
import sys
from koor_provision.audit.target import lock
print(lock.take(*sys.argv[1:]), flush=True)
input()
"""


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "run" / "lock")


def test_second_run_is_told_who_is_at_work_until_that_one_ends(place: str) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, "plan one", place], stdin=pipe, stdout=pipe, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "None\n"
        told = lock.take("plan two", place)
        assert told
        assert told["run"] == "plan one"
        holder.kill()
    assert lock.take("plan two", place) is None
    assert json.loads(Path(place).read_text(encoding="ascii"))["run"] == "plan two"


def test_only_its_owner_can_open_it_and_no_link_is_followed(place: str) -> None:
    assert lock.take("plan one", place) is None
    assert Path(place).stat().st_mode & 0o777 == 0o600
    Path(place).unlink()
    Path(place).symlink_to("elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        lock.take("plan one", place)
    assert not os.path.lexists(Path(place).with_name("elsewhere"))


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b'{"run": 1}', b"\xff", b'{"run": "x", "since": "y"}'])
def test_holder_that_said_nothing_yet_keeps_others_out_as_well(said: bytes) -> None:
    assert lock._holder(said)["run"] == ""
