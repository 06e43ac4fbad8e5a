import json

from koor_provision.gate.judge import judge
from koor_provision.models.finding import Finding, Verdict
from koor_provision.report.json import decisions, finding_data


def test_one_decision_is_an_object_several_are_a_list(world):
    admitted = judge(world.case())

    assert isinstance(json.loads(decisions([admitted])), dict)
    assert [one["decision"] for one in json.loads(decisions([admitted, admitted]))] == ["admitted", "admitted"]
    assert json.loads(decisions([])) == []


def test_a_finding():
    finding = Finding("R5", Verdict.DENY, "why", "where", "what to do")

    assert finding_data(finding) == {
        "rule": "R5", "verdict": "deny", "reason": "why", "where": "where", "remedy": "what to do",
    }  # fmt: skip


def test_only_a_warning_says_that_it_is_one():
    assert finding_data(Finding("R10", Verdict.PASS, "why", "where", warning=True))["warning"] is True
    assert "warning" not in finding_data(Finding("R10", Verdict.PASS, "why", "where"))


def test_verdicts_are_those_of_the_issue():
    assert {one.value for one in Verdict} == {"pass", "deny", "not_applicable", "unknown", "broken"}
    assert {one.value for one in Verdict if one.blocks} == {"deny", "unknown"}
