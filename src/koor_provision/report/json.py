"""The gate's answer for programs."""

import json
from collections.abc import Sequence
from typing import Any

from koor_provision.gate.decision import Admitted
from koor_provision.models.finding import Finding, broken_rules
from koor_provision.report.answer import Answer


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding as JSON data."""
    data: dict[str, Any] = {
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "reason": finding.reason,
        "where": finding.where,
        "remedy": finding.remedy,
    }
    return {**data, "warning": True} if finding.warning else data


def admitted_data(decision: Admitted) -> dict[str, Any]:
    """The decision that a run rests on, as JSON data: for the evidence. Only by a sample company it has `sample`."""
    return {
        **({"sample": True} if decision.case.company.sample else {}),
        "case": decision.case.name,
        "decision": "admitted_by_exception" if broken_rules(decision.findings) else "admitted",
        "findings": [finding_data(finding) for finding in decision.findings],
        "inputs": dict(sorted(decision.case.inputs.items())),
    }


def answer_data(answer: Answer) -> dict[str, Any]:
    """One answer as JSON data. Only what was not judged has an `error`."""
    data: dict[str, Any] = {
        "case": answer.name,
        "path": answer.path,
        "decision": answer.outcome,
        "findings": [finding_data(finding) for finding in answer.findings],
        "inputs": dict(sorted(answer.inputs.items())),
    }
    if answer.problem:
        message, where, hint, code = answer.problem
        data["error"] = {"message": message, "where": where, "remedy": hint, "exit_code": code}
    return data


def answers(items: Sequence[Answer]) -> str:
    """One object for one case, a list for several. In ASCII: it can be written and read anywhere."""
    data: Any = [answer_data(item) for item in items]
    return json.dumps(data[0] if len(data) == 1 else data, indent=2)
