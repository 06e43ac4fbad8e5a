"""A run that was undone left nothing: packages, files and services are as they were before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]


@pytest.fixture(scope="module")
def now(probe: Callable[..., Facts], order: Facts) -> Facts:
    undo = order["undo"]
    going = [*undo["deleted"], *undo["made"], *(one["path"] for one in undo["data"])]
    return probe(
        "probe_undo.py",
        run=undo["run"],
        packages=[one["name"] for one in undo["packages"]],
        restored=undo["restored"],
        deleted=going,
    )


def test_no_package_of_the_run_is_left(now: Facts) -> None:
    assert now["packages"] == []


def test_every_file_is_as_it_was_before_the_run(now: Facts) -> None:
    assert now["files"] == []


def test_nothing_is_left_that_was_not_there_before_the_run(now: Facts) -> None:
    assert now["left"] == []


def test_services_run_as_they_did_before_the_run(now: Facts) -> None:
    assert now["services"] == {}


def test_what_was_kept_is_gone_and_the_note_of_it_is_for_root_alone(now: Facts) -> None:
    assert now["closed"]
    assert now["open"] == []
