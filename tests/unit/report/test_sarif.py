import json

from koor_provision.models.finding import Finding, Verdict
from koor_provision.report.answer import Answer
from koor_provision.report.sarif import Place, answers

TITLES = {"R5": "Ordered"}


def results(*findings: Finding):
    answer = Answer("a", "cases/a", "company", "admitted", findings)
    log = answers([answer], TITLES, lambda _, where: Place(where, None), "1.0")
    return [(one["level"], one["message"]["text"]) for one in json.loads(log)["runs"][0]["results"]]


def test_what_passes_is_no_result():
    assert not results(
        Finding("R5", Verdict.PASS, "why", "where"), Finding("R5", Verdict.NOT_APPLICABLE, "why", "where")
    )


def test_levels():
    assert results(
        Finding("R5", Verdict.DENY, "no", "where", "do it"),
        Finding("R5", Verdict.UNKNOWN, "who knows", "where", "do it"),
        Finding("R5", Verdict.PASS, "small", "where", "do it", warning=True),
        Finding("R5", Verdict.BROKEN, "late", "where"),
    ) == [
        ("error", "no (where). To do: do it"),
        ("error", "who knows (where). To do: do it"),
        ("warning", "small (where). To do: do it"),
        ("warning", "late (where)."),
    ]


def test_a_rule_without_a_title_points_to_no_rule():
    answer = Answer("a", "cases/a", "company", "refused", (Finding("gate", Verdict.UNKNOWN, "no rule", "rules", "x"),))
    log = json.loads(answers([answer], TITLES, lambda *_: Place("a", 3), "1.0"))

    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "gate"
    assert "ruleIndex" not in result
