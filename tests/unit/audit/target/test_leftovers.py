"""Lists of runs that are over go, and those of a run that is not stay."""

import os
import time
from pathlib import Path

import pytest

from koor_provision.audit.target import leftovers, lock

DEAD, ALIVE, OLD, LAST = ("0" * 16, "1" * 16, "2" * 16, "3" * 16)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    for run in (DEAD, ALIVE, OLD, LAST):
        (tmp_path / "run" / f"apt-{run}" / "lists").mkdir(parents=True)
    (tmp_path / "run" / "apt-someones-own").mkdir()
    (tmp_path / "run" / f"apt-{'4' * 16}").symlink_to(tmp_path)
    past = time.time() - 10 * 60 * 60
    for name in (f"apt-{OLD}", "apt-someones-own"):
        os.utime(tmp_path / "run" / name, (past, past))
    (tmp_path / "kept" / DEAD).mkdir(parents=True)
    return tmp_path / "run"


def test_only_lists_of_runs_that_are_over_go(lists: Path, tmp_path: Path) -> None:
    leftovers.sweep(f"plan {LAST}", str(tmp_path / "kept"), (f"{lists}/apt-*",))
    assert sorted(path.name for path in lists.iterdir()) == [f"apt-{ALIVE}", f"apt-{'4' * 16}", "apt-someones-own"]


def test_where_nothing_was_kept_nothing_is_missing(tmp_path: Path) -> None:
    leftovers.sweep("", str(tmp_path / "none"), (f"{tmp_path}/apt-*",))
    assert leftovers.runs(str(tmp_path / "none")) == {"open": [], "settled": []}


def test_runs_are_told_by_what_they_noted(tmp_path: Path) -> None:
    notes = {DEAD: ["before.json"], ALIVE: ["before.json", "after.json"], OLD: ["before.json", "undone.json"], LAST: []}
    for run, names in notes.items():
        (tmp_path / run).mkdir()
        for name in names:
            (tmp_path / run / name).touch()
    assert leftovers.runs(str(tmp_path)) == {"open": [DEAD], "settled": [OLD]}
    (tmp_path / ALIVE / "goes-on").touch()
    assert leftovers.runs(str(tmp_path))["open"] == [DEAD, ALIVE]


def test_who_had_the_lock_last_is_known(tmp_path: Path) -> None:
    place = str(tmp_path / "run" / "lock")
    assert lock.last(place) == ""
    lock.take(f"plan {LAST}", place)
    assert lock.last(place) == f"plan {LAST}"
