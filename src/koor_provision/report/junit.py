"""The gate's answer as JUnit XML, which CI systems show as a table of tests: a suite a case, a test case a rule."""

from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # writes XML, reads none

from koor_provision.models.finding import Finding, Verdict
from koor_provision.models.text import shown
from koor_provision.report.answer import Answer, Problem


def answers(items: Sequence[Answer], titles: Mapping[str, str]) -> str:
    """All answers as one document.

    A rule that refuses is a failure, one that does not apply or that an exception broke is skipped, a case that could
    not be judged is an error.
    """
    root = Element("testsuites", name="koor-provision check")
    for item in items:
        suite = SubElement(root, "testsuite", name=shown(item.path))
        if item.problem:
            _error(suite, shown(item.path), item.problem)
        for rule in dict.fromkeys(finding.rule for finding in item.findings):
            title = f"{rule}: {titles.get(rule, 'the gate')}"
            test = SubElement(suite, "testcase", name=title, classname=shown(item.path), time="0")
            _outcome(test, [finding for finding in item.findings if finding.rule == rule])
        _count(suite, [suite])
    _count(root, list(root))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _error(suite: Element, path: str, problem: Problem) -> None:
    test = SubElement(suite, "testcase", name="The case can be read", classname=path, time="0")
    error = SubElement(test, "error", message=shown(problem.message), type="not_judged")
    error.text = shown(f"Where: {problem.where}") + "\n" + shown(f"To do: {problem.hint}")


def _outcome(test: Element, findings: Sequence[Finding]) -> None:
    reasons = [finding for finding in findings if finding.verdict.blocks]
    if reasons:
        message = "; ".join(shown(finding.reason) for finding in reasons)
        SubElement(test, "failure", message=message, type=reasons[0].verdict.value).text = _in_full(reasons)
    elif broken := [finding for finding in findings if finding.verdict is Verdict.BROKEN]:
        SubElement(test, "skipped", message="; ".join(shown(finding.reason) for finding in broken))
    elif all(finding.verdict is Verdict.NOT_APPLICABLE for finding in findings):
        SubElement(test, "skipped", message="; ".join(shown(finding.reason) for finding in findings))
    elif warnings := [finding for finding in findings if finding.warning]:
        SubElement(test, "system-out").text = _in_full(warnings)


def _in_full(findings: Iterable[Finding]) -> str:
    return "\n\n".join(
        f"Why: {shown(finding.reason)}\nWhere: {shown(finding.where)}\nTo do: {shown(finding.remedy)}"
        for finding in findings
    )


def _count(element: Element, suites: Sequence[Element]) -> None:
    for attribute, path in (
        ("tests", "testcase"),
        ("failures", "testcase/failure"),
        ("errors", "testcase/error"),
        ("skipped", "testcase/skipped"),
    ):
        element.set(attribute, str(sum(len(suite.findall(path)) for suite in suites)))
    element.set("time", "0")
