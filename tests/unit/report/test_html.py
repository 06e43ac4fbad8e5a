"""The customer's page: says how it ended, needs nothing from elsewhere, and prints what it is given as text."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.world import SCOPES, World

from koor_provision.gate.judge import judge
from koor_provision.models.evidence import CheckResult, Record, Result
from koor_provision.report.html import report
from koor_provision.rules.registry import judge_case

NOW = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def record(world: World) -> Record:
    return Record(
        result=Result.PASSED,
        proposal=world.proposal(),
        findings=judge_case(world.case()),
        started=NOW,
        finished=NOW + timedelta(seconds=50),
        events=({"event": "result", "status": "changed", "role": "php", "task": "Configure FPM", "seconds": 0.5},),
        troubles=(),
        checks=(CheckResult("stack: page reads from the database", "passed", 0.1),),
    )


def test_page_stands_alone(record: Record) -> None:
    page = report(record, SCOPES)
    assert not re.search(r"""(src|href)\s*=|<script|@import|url\(|https?://""", page)


def test_page_says_what_happened(record: Record) -> None:
    page = report(record, SCOPES)
    for text in (
        "Installed and verified",
        "1 steps changed something",
        "Configure FPM",
        "page reads from the database",
        "R11",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (Result.FAILED, "Not finished"),
        (Result.UNVERIFIED, "Not verified"),
        (Result.INTERRUPTED, "Stopped before the end"),
    ],
)
def test_page_never_calls_another_end_verified(record: Record, result: Result, text: str) -> None:
    page = report(replace(record, result=result, checks=(), troubles=("event 3 came after event 1",)), SCOPES)
    assert text in page
    assert "Installed and verified" not in page
    assert "event 3 came after event 1" in page
    assert "was not verified" in page


def test_what_a_server_says_is_text_and_never_markup(record: Record) -> None:
    check = CheckResult("php: <img src=x>", "failed", 0.1, "<script>alert(1)</script>")
    page = report(replace(record, checks=(check,)), SCOPES)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_broken_rule_is_loud(record: Record, world: World) -> None:
    world.add("exception")
    world.engineer = "engineer-junior"
    decision = judge(world.case())
    page = report(replace(record, findings=decision.findings), SCOPES)

    assert "By exception" in page
    assert "R6 of our rules is broken here" in page
    assert '<td class="bad">BROKEN</td>' in page
    assert "By exception" not in report(record, SCOPES)
