"""The gate's answer as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of the files.

Only what refuses, warns or was broken by an exception is a result: a rule that passes is nothing to look at.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from koor_provision.models.finding import Finding, Verdict
from koor_provision.models.text import shown
from koor_provision.report.answer import Answer

NOT_JUDGED = "input"
"""The rule id of a case that could not be read: not one of the policy's rules."""


SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class Place(NamedTuple):
    """Where a result points to: a relative or absolute URI of a file or folder, and the line where it is known."""

    uri: str
    line: int | None


PlaceOf = Callable[[Answer, str], Place]


def answers(items: Sequence[Answer], titles: Mapping[str, str], place_of: PlaceOf, version: str) -> str:
    """All answers as one SARIF log.

    Args:
        place_of: where a finding's or a problem's `where` is, in files.
    """
    rules = {**titles, NOT_JUDGED: "The case can be read"}
    results = [result for item in items for result in _results(item, list(rules), place_of)]
    run = {
        "tool": {
            "driver": {
                "name": "koor-provision",
                "version": version,
                "rules": [
                    {
                        "id": rule,
                        "shortDescription": {"text": title},
                        "help": {
                            "text": "see the document's format: koor-provision sample DIR"
                            if rule == NOT_JUDGED
                            else f"koor-provision explain {rule}"
                        },
                    }
                    for rule, title in rules.items()
                ],
            }
        },
        "invocations": [{"executionSuccessful": not any(item.problem for item in items)}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2)


def _results(item: Answer, rules: Sequence[str], place_of: PlaceOf) -> list[dict[str, Any]]:
    if item.problem:
        place = place_of(item, item.problem.where)
        text = f"{item.problem.where}: {item.problem.message}. To do: {item.problem.hint}"
        return [_result(NOT_JUDGED, "error", text, place, rules)]
    return [
        _result(
            finding.rule,
            "error" if finding.verdict.blocks else "warning",
            _sentence(finding),
            place_of(item, finding.where),
            rules,
        )
        for finding in item.findings
        if finding.verdict.blocks or finding.warning or finding.verdict is Verdict.BROKEN
    ]


def _sentence(finding: Finding) -> str:
    remedy = f" To do: {finding.remedy}" if finding.remedy else ""
    return f"{finding.reason} ({finding.where}).{remedy}"


def _result(rule: str, level: str, text: str, place: Place, rules: Sequence[str]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": place.uri}}
    if place.line:
        physical["region"] = {"startLine": place.line}
    return {
        "ruleId": rule,
        **({"ruleIndex": rules.index(rule)} if rule in rules else {}),
        "level": level,
        "message": {"text": shown(text)},
        "locations": [{"physicalLocation": physical}],
    }
