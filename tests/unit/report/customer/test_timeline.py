"""Bars lie inside the run, in its order, whatever the events say."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.amount import examples
from tests.examples import BEGUN, Example

from koor_provision.report.customer.timeline import START, TESTING, rows

EVENTS = st.lists(
    st.fixed_dictionaries(
        {"event": st.sampled_from(["task", "result"]), "role": st.sampled_from(["php", "apache", ""])},
        optional={
            "time": st.floats(-1e3, 1e3).map(lambda second: BEGUN.timestamp() + second),
            "status": st.sampled_from(["ok", "changed", "failed"]),
        },
    ),
    max_size=12,
)


def test_each_part_is_shown_from_its_begin_to_its_end(runs: dict[str, Example]) -> None:
    found = rows(runs["passed"].record)
    assert [row.part for row in found] == [START, "keep", "packages", "mariadb", "php", "apache", TESTING]
    assert [round(row.seconds, 1) for row in found] == [1.6, 0.3, 21.4, 6.1, 2.4, 3.2, 3.4]
    assert not any(row.failed for row in found)
    assert round(sum(row.seconds for row in found), 3) == (runs["passed"].record.finished - BEGUN).total_seconds()


def test_the_part_that_failed_is_marked(runs: dict[str, Example]) -> None:
    assert [row.part for row in rows(runs["failed-step"].record) if row.failed] == ["mariadb"]
    assert [row.part for row in rows(runs["failed-test"].record) if row.failed] == [TESTING]


def test_a_part_that_comes_back_has_two_bars(runs: dict[str, Example]) -> None:
    record = runs["passed"].record
    late: dict[str, Any] = {"event": "task", "role": "packages", "task": "Restart", "time": BEGUN.timestamp() + 37}
    again = next(row for row in rows(replace(record, events=(*record.events, late))) if row.part == "packages")
    assert len(again.bars) == 2


def test_a_run_without_events_has_no_rows(runs: dict[str, Example]) -> None:
    assert rows(runs["not-begun"].record) == ()


@settings(max_examples=examples(100))
@given(EVENTS)
def test_bars_lie_inside_the_run(runs: dict[str, Example], events: list[dict[str, Any]]) -> None:
    record = runs["passed"].record
    found = rows(replace(record, events=tuple(events)))
    whole = (record.finished - record.started).total_seconds()
    assert sum(row.seconds for row in found) <= whole + 0.001
    for bar in (bar for row in found for bar in row.bars):
        assert 0 <= bar.start <= 100
        assert bar.start + bar.width <= 100.41
