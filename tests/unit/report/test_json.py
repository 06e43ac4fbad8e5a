import json

from koor_provision.gate.judge import judge
from koor_provision.models.finding import Finding, Verdict
from koor_provision.report.answer import Answer, Problem, answer_of
from koor_provision.report.json import answers, finding_data


def test_one_answer_is_an_object_several_are_a_list(world):
    admitted = answer_of(judge(world.case()), "cases/default-offer", "company")

    assert isinstance(json.loads(answers([admitted])), dict)
    assert [one["decision"] for one in json.loads(answers([admitted, admitted]))] == ["admitted", "admitted"]
    assert json.loads(answers([])) == []


def test_what_was_not_judged_says_why():
    answer = Answer("a", "cases/a", "", "not_judged", problem=Problem("missing", "offer.yml", "write it", 2))

    data = json.loads(answers([answer]))

    assert data["decision"] == "not_judged"
    assert data["findings"] == []
    assert data["error"] == {"message": "missing", "where": "offer.yml", "remedy": "write it", "exit_code": 2}


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
