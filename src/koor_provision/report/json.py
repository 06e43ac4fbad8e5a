"""The gate's answer for programs."""

import json
from collections.abc import Sequence
from typing import Any

from koor_provision.gate.decision import Admitted, Refused
from koor_provision.models.finding import Finding, broken_rules


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


def decision_data(decision: Admitted | Refused) -> dict[str, Any]:
    """One decision as JSON data."""
    broken = broken_rules(decision.findings)
    admitted = "admitted by exception" if broken else "admitted"
    return {
        "case": decision.case.name,
        "decision": admitted if isinstance(decision, Admitted) else "refused",
        **({"broken": list(broken)} if broken else {}),
        "findings": [finding_data(finding) for finding in decision.findings],
        "inputs": dict(sorted(decision.case.inputs.items())),
    }


def decisions(items: Sequence[Admitted | Refused]) -> str:
    """One object for one case, a list for several. In ASCII: it can be written and read anywhere."""
    data: Any = [decision_data(item) for item in items]
    return json.dumps(data[0] if len(data) == 1 else data, indent=2)
