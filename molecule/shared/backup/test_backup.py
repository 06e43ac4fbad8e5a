"""What the backup job wrote brings everything back, and a restore loses nothing by mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]
SUFFIXES = {"mariadb": "sql.gz", "postgresql": "dump.gz", "sqlite": "db.gz"}


@pytest.fixture(scope="module")
def engine(components: list[str]) -> str:
    return components[0]


@pytest.fixture(scope="module")
def told(probe: Callable[..., Facts], engine: str) -> Facts:
    return probe("probe_backup.py", engine=engine)


def test_unit_makes_one_backup_of_each_database_for_root_only(told: Facts, engine: str) -> None:
    assert len(told["made"]) == 1
    assert re.fullmatch(rf"koor-\d{{8}}T\d{{6}}Z\.{SUFFIXES[engine]}", told["made"][0])
    assert told["access"] == {"folder": "root:root:700", "above": "root:root:700", "file": "root:root:600"}


def test_a_dropped_database_comes_back_with_everything_in_it(told: Facts) -> None:
    assert told["restore"]["code"] == 0, told["restore"]["said"]
    assert "Grüße, Ωμέγα, \U0001f600" in told["filled"]
    assert told["restored"] == told["filled"]
    assert told["read"] == "3"


def test_data_are_not_overwritten_unless_it_is_said(told: Facts) -> None:
    assert told["later"] != told["filled"]
    assert told["refused"]["code"] == 1
    assert "--overwrite" in told["refused"]["said"]
    assert told["refused"]["left"] == told["later"]


def test_what_is_overwritten_was_backed_up_before(told: Facts) -> None:
    assert told["overwritten"]["code"] == 0, told["overwritten"]["said"]
    assert told["overwritten"]["left"] == told["filled"]
    assert len(told["kept before"]) == 1
    assert told["back again"]["code"] == 0, told["back again"]["said"]
    assert told["as later"] == told["later"]


def test_a_torn_backup_changes_nothing(told: Facts) -> None:
    assert told["torn"]["code"] == 2
    assert "nothing was changed" in told["torn"]["said"]
    assert told["torn"]["left"] == told["as later"]


def test_what_is_no_backup_is_not_restored(told: Facts) -> None:
    assert (told["stray"]["code"], "is no backup" in told["stray"]["said"]) == (2, True)


def test_nobody_but_root_restores(told: Facts) -> None:
    assert told["not root"]["code"] != 0


def test_a_failed_dump_fails_the_unit_and_keeps_what_is_there(told: Facts) -> None:
    failed = told["failed"]
    assert (failed["code"], failed["state"]) == (1, "failed")
    assert "koor was NOT backed up" in failed["log"]
    assert failed["after"] == failed["before"]


def test_one_database_that_fails_keeps_no_other_back(told: Facts) -> None:
    assert told["one of two"]["code"] == 3
    assert "missing was NOT backed up" in told["one of two"]["said"]
    assert "koor was backed up" in told["one of two"]["said"]


def test_the_newest_are_kept(told: Facts) -> None:
    first, second = told["pruned"]
    assert (len(first), len(second)) == (2, 2)
    assert second[0] == first[1]
    assert second[1] > first[1]
