"""What the scope lint found: for people, for programs, and as SARIF 2.1.0 for code hosts."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

import click

from koor_provision.models.lint import RULES, Fault
from koor_provision.models.text import shown
from koor_provision.report.sarif import SCHEMA


def text(faults: Sequence[Fault]) -> str:
    """A block for each place, in the form `file:line` that editors open, and how many there are."""
    lines = []
    for fault in faults:
        word = click.style("warning", fg="yellow") if fault.warning else click.style("refused", fg="red", bold=True)
        lines.append(f"{shown(fault.file)}:{fault.line}: {word} [{fault.rule}] {shown(fault.what)}")
        lines.append(f"  to do: {shown(fault.remedy)}")
    refused = sum(not fault.warning for fault in faults)
    warned = len(faults) - refused
    said = f"{refused} outside of the contracts" if refused else "roles and playbooks stay inside their contracts"
    lines.append(said + (f"; {warned} {'warning' if warned == 1 else 'warnings'}" if warned else ""))
    return "\n".join(lines)


def as_json(faults: Sequence[Fault]) -> str:
    """For programs."""
    clean = not any(not fault.warning for fault in faults)
    return json.dumps({"clean": clean, "faults": [asdict(fault) for fault in faults]}, indent=2)


def sarif(faults: Sequence[Fault], version: str) -> str:
    """One SARIF log; files are named relative to the folder that was looked at."""
    rules = list(RULES)
    driver = {
        "name": "koor-provision",
        "version": version,
        "rules": [
            {"id": rule, "shortDescription": {"text": title}, "help": {"text": "koor-provision roles lint --help"}}
            for rule, title in RULES.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(fault, rules) for fault in faults],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(fault: Fault, rules: list[str]) -> dict[str, Any]:
    return {
        "ruleId": fault.rule,
        "ruleIndex": rules.index(fault.rule),
        "level": "warning" if fault.warning else "error",
        "message": {"text": shown(f"{fault.what}. To do: {fault.remedy}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(fault.file)},
                    "region": {"startLine": fault.line},
                }
            }
        ],
    }
