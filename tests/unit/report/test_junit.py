from xml.etree import ElementTree as ET

import pytest

from koor_provision.models.finding import Finding, Verdict
from koor_provision.report.answer import Answer
from koor_provision.report.junit import answers


def suite(*findings: Finding) -> ET.Element:
    answer = Answer("a", "cases/a", "company", "refused", findings)
    return ET.fromstring(answers([answer], {"R5": "Ordered"}))[0]  # noqa: S314  # our own output


@pytest.mark.parametrize(
    ("verdict", "child"),
    [
        (Verdict.PASS, None),
        (Verdict.NOT_APPLICABLE, "skipped"),
        (Verdict.BROKEN, "skipped"),
        (Verdict.DENY, "failure"),
        (Verdict.UNKNOWN, "failure"),
    ],
)
def test_what_a_verdict_is_to_a_ci_system(verdict, child):
    (test,) = suite(Finding("R5", verdict, "why", "where", "do it"))

    assert test.get("name") == "R5: Ordered"
    assert [one.tag for one in test] == ([child] if child else [])


def test_a_rule_that_an_exception_broke_says_so_although_it_is_also_a_warning():
    (test,) = suite(Finding("R5", Verdict.BROKEN, "BROKEN BY EXCEPTION", "where", warning=True))

    assert [(one.tag, one.get("message")) for one in test] == [("skipped", "BROKEN BY EXCEPTION")]


def test_all_findings_of_a_rule_are_one_test_that_fails_by_any_of_them():
    (test,) = suite(
        Finding("R5", Verdict.PASS, "good", "where"),
        Finding("R5", Verdict.DENY, "one", "here", "do it"),
        Finding("R5", Verdict.DENY, "two", "there", "do that"),
    )

    assert test[0].get("message") == "one; two"
    assert "Where: there\nTo do: do that" in (test[0].text or "")


def test_a_warning_passes_and_is_shown():
    (test,) = suite(Finding("R5", Verdict.PASS, "small", "where", "tell", warning=True))

    assert test[0].tag == "system-out"
    assert "Why: small" in (test[0].text or "")
