"""The filled checklist: an item without proof is never ticked (R12)."""

from dataclasses import replace
from typing import Any

import pytest
from tests.examples import Example

from koor_provision.load.strict_yaml import parse
from koor_provision.models.evidence import CheckResult
from koor_provision.report.checklist import Ticked, checklist_yaml, ticked

Runs = dict[str, Example]
HTTPS = "web: https answers"


def of(one: Example, item: str = "server", **changes: object) -> Ticked:
    return next(row for row in ticked(one.case, replace(one.record, **changes)) if row.item.id == item)  # type: ignore[arg-type]


def test_what_every_named_test_proves_is_ticked_with_the_proof(runs: Runs) -> None:
    found = of(runs["passed"])
    assert found.proven
    assert found.proof == ("stack: page reads from each database and from the cache", HTTPS)


def test_what_no_test_is_named_for_is_never_ticked(runs: Runs) -> None:
    others = [row for row in ticked(runs["passed"].case, runs["passed"].record) if row.item.id != "server"]
    assert len(others) == 13
    # The application's own tests belong to orders that have it.
    assert {row.item.id for row in others if row.why == "not_run"} == {"application", "domains", "admin-user"}
    assert {row.why for row in others} == {"no_proof", "not_run"}
    assert not any(row.proven for row in others)


@pytest.mark.parametrize("result", ["failed", "error", "skipped"])
def test_a_test_that_did_not_pass_proves_nothing(runs: Runs, result: str) -> None:
    checks = tuple(
        replace(check, result=result) if check.name == HTTPS else check for check in runs["passed"].record.checks
    )
    found = of(runs["passed"], checks=checks)
    assert (found.proven, found.why, found.lacking) == (False, "not_passed", HTTPS)


def test_a_test_that_passed_once_and_failed_once_proves_nothing(runs: Runs) -> None:
    record = runs["passed"].record
    assert not of(runs["passed"], checks=(*record.checks, CheckResult(HTTPS, "failed", 0.1))).proven


def test_a_test_that_was_not_run_proves_nothing(runs: Runs) -> None:
    found = of(runs["passed"], checks=tuple(one for one in runs["passed"].record.checks if one.name != HTTPS))
    assert (found.proven, found.why) == (False, "not_run")
    assert not of(runs["interrupted"]).proven


def test_what_the_engineer_signed_is_told_and_ticks_nothing(runs: Runs) -> None:
    found = of(runs["exception"], "application")
    assert not found.proven
    assert found.said
    assert found.said.by == "engineer-senior"


def test_a_checklist_that_the_engineer_did_not_sign_says_nothing(runs: Runs) -> None:
    one = runs["exception"]
    assert one.case.checklist
    unsigned = replace(one.case, checklist=replace(one.case.checklist, signers=frozenset({"sales-manager"})))
    assert of(Example(one.record, unsigned), "application").said is None


def test_the_file_says_what_proves_each_item_or_why_it_is_open(runs: Runs) -> None:
    text = checklist_yaml(runs["passed"].case, runs["passed"].record)
    assert text
    tree: Any = parse(text.encode(), "checklist.yml")
    first, second = tree["items"][0], tree["items"][3]
    assert first["done"] == "true"
    assert first["proof"][1] == f"verification.xml, {HTTPS}"
    assert second == {
        "item": "localisation", "text": "The server's localisation is set", "done": "false",
        "not_done_by_this_run": "no test of ours proves it",
    }  # fmt: skip


def test_without_a_form_there_is_no_checklist(runs: Runs) -> None:
    one = runs["passed"]
    case = replace(one.case, company=replace(one.case.company, install_checklist=None))
    assert checklist_yaml(case, one.record) is None
    assert ticked(case, one.record) == ()
