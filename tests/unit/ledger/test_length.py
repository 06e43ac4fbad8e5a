"""A ledger that is rolled back to an earlier one of its own is noticed, head and all."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.ledger.test_store import WRITER

from koor_provision.errors import RunError
from koor_provision.ledger.inspect import inspect
from koor_provision.ledger.length import recall
from koor_provision.ledger.store import Ledger

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "state" / "ledger.jsonl")
    for plan in "abc":
        made.append({"event": "started", "plan": plan, "time": NOW.isoformat()})
    return made


@pytest.fixture
def earlier(ledger: Ledger, tmp_path: Path) -> Path:
    """What the folder held one receipt ago."""
    kept = tmp_path / "kept"
    shutil.copytree(ledger.length_path.parent.parent, kept)
    ledger.append({"event": "passed", "plan": "c", "time": NOW.isoformat()})
    return kept


def put_back(ledger: Ledger, kept: Path, *names: str) -> None:
    for name in names or ("ledger.jsonl", "ledger.head"):
        shutil.copy(kept / name, ledger.head_path.with_name(name))


def test_every_receipt_is_counted(ledger: Ledger) -> None:
    assert recall(ledger.length_path).number == 3
    ledger.append({"event": "passed", "plan": "c"})
    assert recall(ledger.length_path).number == 4
    assert ledger.length_path.stat().st_mode & 0o777 == 0o600


def test_an_earlier_one_with_its_head_is_noticed_by_all_who_read_and_by_who_writes(
    ledger: Ledger, earlier: Path
) -> None:
    put_back(ledger, earlier)
    for use in (ledger.receipts, ledger.last, lambda: inspect(ledger), lambda: ledger.append({"event": "passed"})):
        with pytest.raises(RunError, match="it has 3 receipts, and had 4 before") as refused:
            use()
        assert "ledger key --new" in refused.value.hint


def test_one_that_was_deleted_is_noticed(ledger: Ledger) -> None:
    ledger.head_path.unlink()
    ledger.head_path.with_suffix(".jsonl").unlink()
    for use in (ledger.receipts, ledger.last, lambda: ledger.begin({"event": "started", "plan": "a"})):
        with pytest.raises(RunError, match="it has 0 receipts, and had 3 before"):
            use()


def test_another_one_that_is_as_long_is_noticed(ledger: Ledger, earlier: Path) -> None:
    put_back(ledger, earlier)
    ledger.length_path.write_bytes((earlier / "memory" / "ledger.json").read_bytes())
    present = ledger.length_path.read_bytes()
    ledger.append({"event": "failed", "plan": "c", "time": NOW.isoformat()})
    ledger.length_path.write_bytes(present.replace(b": 3", b": 4"))
    with pytest.raises(RunError, match="receipt 4 is another one than it was"):
        ledger.receipts()
    with pytest.raises(RunError, match="receipt 4 is another one than it was"):
        ledger.last()


def test_a_memory_that_is_gone_or_damaged_is_noticed(ledger: Ledger) -> None:
    ledger.length_path.write_text("{")
    with pytest.raises(RunError, match="is damaged"):
        ledger.receipts()
    ledger.length_path.unlink()
    with pytest.raises(RunError, match="the memory of how many receipts it had is gone"):
        ledger.last()


def test_a_folder_that_is_restored_as_a_whole_goes_on(ledger: Ledger, earlier: Path) -> None:
    shutil.rmtree(ledger.length_path.parent.parent)
    shutil.copytree(earlier, ledger.length_path.parent.parent)
    assert ledger.append({"event": "passed", "plan": "c"})["number"] == 4


def test_what_is_lost_for_good_is_put_on_record(ledger: Ledger, earlier: Path) -> None:
    put_back(ledger, earlier)
    ledger.new_key(NOW)
    last = ledger.receipts()[-1]
    assert (last["event"], last["lost"]) == ("key", "it has 3 receipts, and had 4 before")
    ledger.append({"event": "started", "plan": "d"})
    inspect(ledger)


def test_a_write_that_was_torn_away_before_it_was_counted_is_none_the_worse(ledger: Ledger) -> None:
    before = ledger.length_path.read_bytes()
    ledger.append({"event": "passed", "plan": "c", "time": NOW.isoformat()})
    ledger.length_path.write_bytes(before)
    assert ledger.last()
    assert ledger.append({"event": "started", "plan": "d"})["number"] == 5


def test_a_ledger_of_an_earlier_version_is_counted_from_its_next_receipt_on(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.head_path.with_suffix(".jsonl").write_text("")
    assert ledger.receipts() == []
    ledger.append({"event": "started", "plan": "a"})
    assert json.loads(ledger.length_path.read_text())["receipts"] == 1


def test_two_processes_at_once_never_look_like_a_ledger_that_was_shortened(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, name]) for name in "ab"]
    try:
        while any(writer.poll() is None for writer in writers):
            Ledger(path).receipts()
    finally:
        codes = [writer.wait() for writer in writers]
    assert codes == [0, 0]
    assert recall(Ledger(path).length_path).number == len(Ledger(path).receipts()) == 40
