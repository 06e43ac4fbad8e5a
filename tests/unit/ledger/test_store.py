"""The ledger's file: whole lines only, in order, whoever writes."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from koor_provision.errors import RefusedError, RunError
from koor_provision.ledger.store import Ledger, ledger_path

WRITER = """
import sys
from pathlib import Path
from koor_provision.ledger.store import Ledger
for number in range(20):
    Ledger(Path(sys.argv[1])).append({"event": "passed", "plan": f"{sys.argv[2]}-{number}"})
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.jsonl"


def test_what_is_appended_is_read_back(path: Path) -> None:
    ledger = Ledger(path)
    assert ledger.receipts() == []
    receipt = ledger.append({"event": "started"})
    assert receipt["number"] == 1
    assert ledger.receipts() == [receipt]
    assert path.stat().st_mode & 0o777 == 0o600


def test_plan_begins_once(path: Path) -> None:
    Ledger(path).begin({"event": "started", "plan": "a"})
    with pytest.raises(RefusedError, match="was run before"):
        Ledger(path).begin({"event": "started", "plan": "a"})
    Ledger(path).begin({"event": "started", "plan": "b"})


def test_folder_in_its_place_is_said(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(RunError, match="cannot be read"):
        Ledger(path).receipts()


def test_changed_receipt_stops_everything(path: Path) -> None:
    Ledger(path).append({"event": "started"})
    Ledger(path).append({"event": "passed"})
    path.write_text(path.read_text().replace("started", "stopped"))
    with pytest.raises(RunError, match="receipt 2 was changed, or one before it"):
        Ledger(path).receipts()
    with pytest.raises(RunError):
        Ledger(path).append({"event": "started"})


def test_two_processes_at_once_lose_nothing(path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, name]) for name in ("a", "b")]
    assert [writer.wait() for writer in writers] == [0, 0]
    receipts = Ledger(path).receipts()
    assert [receipt["number"] for receipt in receipts] == list(range(1, 41))
    assert {receipt["plan"] for receipt in receipts} == {f"{name}-{number}" for name in "ab" for number in range(20)}


def test_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    with pytest.raises(RunError, match="cannot be written"):
        Ledger(tmp_path / "state" / "ledger.jsonl").append({"event": "started"})


def test_lies_in_the_state_directory_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere")
    assert ledger_path() == Path("/somewhere/koor-provision/ledger.jsonl")


@pytest.mark.parametrize("count", [1, 2, 300])
def test_the_last_receipt_is_found_without_the_others(path: Path, count: int) -> None:
    ledger = Ledger(path)
    assert ledger.last() is None
    for hour in range(count):
        ledger.append({"event": "x" * 300, "time": f"2027-03-10T{hour % 24:02}:00:00+00:00"})
    with path.open("ab") as file:
        file.write(b'{"half":')

    last = datetime(2027, 3, 10, (count - 1) % 24, tzinfo=UTC)
    assert ledger.last() == (count, last)


@pytest.mark.parametrize("line", ["{}", "[]", "x", '{"number": 1}', '{"number": 1, "time": "yesterday"}'])
def test_a_last_receipt_that_says_no_time(path: Path, line: str) -> None:
    path.parent.mkdir()
    path.write_text(f"{line}\n")

    with pytest.raises(RunError, match="its last receipt cannot be read"):
        Ledger(path).last()


def test_a_receipt_longer_than_what_is_looked_at(path: Path) -> None:
    Ledger(path).append({"event": "x" * 200_000, "time": "2027-03-10T08:00:00+00:00"})
    Ledger(path).append({"event": "y" * 200_000, "time": "2027-03-10T09:00:00+00:00"})

    assert Ledger(path).last() == (2, datetime(2027, 3, 10, 9, tzinfo=UTC))
