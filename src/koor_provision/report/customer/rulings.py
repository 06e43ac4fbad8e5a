"""The rules of the policy and what was found about each."""

from dataclasses import dataclass
from typing import Literal

from koor_provision.models.evidence import Record
from koor_provision.models.finding import Finding, Verdict

Answer = Literal["yes", "not_applicable", "attention", "broken", "denied", "people"]
BY_PEOPLE = ("R13", "R14", "R15", "R16")
"""Rules that no run can keep or break: training, maintenance, support."""


@dataclass(frozen=True)
class Ruling:
    """One rule with its answer; `notable` are findings that every reader must see."""

    rule: str
    answer: Answer
    notable: tuple[Finding, ...] = ()


def rulings(record: Record) -> tuple[Ruling, ...]:
    """Each rule once, in the policy's order, which is that of the findings."""
    names = dict.fromkeys(finding.rule for finding in record.findings)
    return tuple(_ruling(name, tuple(one for one in record.findings if one.rule == name)) for name in names)


def _ruling(name: str, findings: tuple[Finding, ...]) -> Ruling:
    verdicts = {finding.verdict for finding in findings}
    notable = tuple(one for one in findings if one.warning or one.verdict.blocks or one.verdict is Verdict.BROKEN)
    answer: Answer = "yes"
    if any(verdict.blocks for verdict in verdicts):
        answer = "denied"
    elif Verdict.BROKEN in verdicts:
        answer = "broken"
    elif notable:
        answer = "attention"
    elif verdicts == {Verdict.NOT_APPLICABLE}:
        answer = "not_applicable"
    return Ruling(name, answer, notable)
