"""What `roles test` says: one table, JUnit, JSON."""

import json
from xml.etree.ElementTree import fromstring

import click

from koor_provision.models.trial import Kind, Outcome, Trial
from koor_provision.report import trials as report

TRIALS = (
    Trial(Kind.SCOPE, "nginx", "", Outcome.PASSED, 1.2),
    Trial(Kind.MOLECULE, "nginx", "debian12", Outcome.PASSED, 61.0),
    Trial(Kind.MOLECULE, "nginx", "debian13", Outcome.FAILED, 62.4, "logs/nginx-debian13.log", "line <1>\nwhy"),
    Trial(Kind.MOLECULE, "plain", "debian13", Outcome.STOPPED, 3.0),
)


def test_one_table_with_a_row_a_scenario_and_a_column_a_system():
    lines = click.unstyle(report.text(TRIALS, 125)).splitlines()

    assert lines[0].split() == ["scope", "lint", "passed", "1", "s", "nginx"]
    assert lines[1].split() == ["scenario", "debian12", "debian13"]
    assert lines[2].split() == ["nginx", "passed", "61", "s", "failed", "62", "s"]
    assert lines[3].split() == ["plain", "-", "stopped", "3", "s"]
    assert lines[4:] == ["  nginx on debian13: logs/nginx-debian13.log", "2 of 4 did not pass in 2 min 5 s"]


def test_nothing_to_do_is_said():
    assert click.unstyle(report.text((), 0)) == "nothing to test: no role and no scenario is affected"


def test_junit_counts_and_holds_the_end_of_the_log():
    root = fromstring(report.junit(TRIALS))  # noqa: S314

    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("4", "1", "1")
    failed = root.findall("testsuite/testcase/failure")
    assert [one.text for one in failed] == ["line <1>\nwhy"]
    assert [suite.get("name") for suite in root] == ["scope lint", "molecule"]


def test_for_programs():
    data = json.loads(report.as_json(TRIALS, 125))

    assert data["passed"] is False
    assert data["trials"][2]["outcome"] == "failed"
