"""SQLite's databases are there, for the web user alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]


@pytest.fixture(scope="module")
def sqlite(probe: Callable[..., Facts], options: Callable[[str], Facts]) -> Facts:
    return probe("probe_sqlite.py", names=[database["name"] for database in options("sqlite")["sqlite_databases"]])


@pytest.fixture
def told(sqlite: Facts) -> Callable[[str], list[Any]]:
    return lambda fact: [database[fact] for database in sqlite["databases"].values()]


def test_databases_are_for_the_web_user_only(sqlite: Facts, told: Callable[[str], list[Any]]) -> None:
    assert sqlite["directory"] == "www-data:www-data:750"
    assert set(told("access")) == {"www-data:www-data:640"}
    assert set(told("read_by_nobody")) == {False}


def test_web_user_writes_and_reads(told: Callable[[str], list[Any]]) -> None:
    assert set(told("written_by_the_web_user")) == {True}


def test_writers_do_not_keep_readers_waiting(told: Callable[[str], list[Any]]) -> None:
    assert told("journal") == [[True, "wal"]] * len(told("journal"))


def test_databases_are_healthy(told: Callable[[str], list[Any]]) -> None:
    assert told("healthy") == [[True, "ok"]] * len(told("healthy"))


def test_backups_are_made_every_day_unless_ordered_otherwise(sqlite: Facts, options: Callable[[str], Facts]) -> None:
    made = {"ActiveState": "active", "UnitFileState": "enabled"}
    wanted = made if options("sqlite")["sqlite_backup"] else {"ActiveState": "inactive", "UnitFileState": "disabled"}
    assert sqlite["timer"] == wanted
