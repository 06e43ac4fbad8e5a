"""The sentence on top and the numbers beside it."""

from dataclasses import replace

import pytest
from tests.examples import Example

from koor_provision.models.audit import Audit
from koor_provision.models.evidence import Record, Result
from koor_provision.report.customer.verdict import figures, verdict
from koor_provision.report.customer.words import Words

EN = Words("en")
Runs = dict[str, Example]


@pytest.mark.parametrize("result", Result)
def test_only_a_pass_that_was_looked_at_is_green(runs: Runs, result: Result) -> None:
    record = replace(runs["passed"].record, result=result)
    assert (verdict(record, EN).tone == "good") is (result is Result.PASSED)
    assert verdict(replace(record, audit=None), EN).tone != "good"


@pytest.mark.parametrize("name", ["finished", "removal-finished", "undo-finished"])
def test_a_run_that_finished_one_that_was_broken_off_claims_nothing_of_the_time_before(runs: Runs, name: str) -> None:
    record = runs[name].record
    said = verdict(record, EN)
    assert said.tone == "warn"
    assert "between its beginning and this run was not looked at" in said.sentence
    assert "Nothing" not in said.sentence
    outside = figures(record, EN)[-1]
    assert (outside.tone, outside.label) == ("warn", "changes outside of your order, only since this run began")
    assert verdict(replace(record, result=Result.PASSED), EN).tone == "warn", "whatever the result says"


def test_packages_of_a_run_that_was_broken_off_count(runs: Runs) -> None:
    (killed,) = runs["finished"].record.proposal.plan.finishes
    shown = [(figure.value, figure.label) for figure in figures(runs["finished"].record, EN)]
    both = "packages added or updated, together with the run that was broken off"
    assert (str(len(killed.brought)), both) in shown


def test_a_change_out_of_scope_weighs_more_than_a_failure(runs: Runs) -> None:
    audit = runs["out-of-scope"].record.audit
    sentence = verdict(replace(runs["failed-test"].record, audit=audit), EN).sentence
    assert sentence == "6 things changed on your server that do not belong to your order."
    one = Audit(audit.out_of_scope[:1]) if audit else None
    assert verdict(replace(runs["removal"].record, audit=one), EN).sentence == (
        "Something changed on your server that does not belong to the removal of Redis."
    )


def test_out_of_scope_without_a_list_is_no_success(runs: Runs) -> None:
    said = verdict(replace(runs["passed"].record, result=Result.OUT_OF_SCOPE), EN)
    assert said.tone == "bad"
    assert said.sentence.startswith("We cannot prove")


def values(record: Record) -> list[tuple[str, str]]:
    return [(figure.value, figure.label) for figure in figures(record, EN)]


def packages(runs: Runs) -> str:
    return str(sum(package.changes for package in runs["passed"].record.proposal.plan.packages))


def test_figures_sum_up_what_is_proven(runs: Runs) -> None:
    tests = len(runs["passed"].record.checks)
    assert values(runs["passed"].record) == [
        ("3", "components installed"),
        (packages(runs), "packages added or updated"),
        (f"{tests} of {tests}", "tests passed"),
        ("0", "changes outside of your order"),
    ]
    assert values(runs["removal"].record)[:2] == [("1", "component removed"), ("3", "packages removed")]


def test_figures_claim_nothing_that_is_not(runs: Runs) -> None:
    assert values(runs["failed-step"].record)[:3] == [
        ("3", "components ordered"), (packages(runs), "packages to be added or updated"), ("0", "not tested"),
    ]  # fmt: skip
    assert values(runs["failed-test"].record)[:2] == [
        ("3", "components ordered"), (packages(runs), "packages added or updated"),
    ]  # fmt: skip
    assert values(runs["not-looked-at"].record)[3] == ("?", "changes outside of your order: not looked at")


def test_an_undo_is_not_called_better_than_it_is(runs: Runs) -> None:
    plain, given_up = verdict(runs["undo"].record, EN), verdict(runs["undo-data"].record, EN)
    assert (plain.tone, plain.more) == ("good", "")
    assert plain.sentence.startswith("Your server is as it was before the run")
    assert (given_up.tone, given_up.more) == ("warn", "But one package stays in its newer version.")
    assert verdict(runs["undo-failed"].record, EN).tone == "bad"
    assert values(runs["undo"].record)[:2] == [("1", "file put back"), ("6", "packages removed")]


def test_an_undo_that_left_something_is_not_green(runs: Runs) -> None:
    record = runs["undo-stays"].record
    said = verdict(record, EN)
    assert (said.tone, said.more) == ("warn", "But 2 things of the run stay; they are named below.")
    assert record.told == ("the account shop stays: it owns /srv/shop", "the account web stays: it runs a process")
    assert verdict(runs["undo"].record, EN).tone == "good"
