"""What a rule says about a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`unknown` denies: what cannot be judged is not allowed. `broken` is a denial that an exception lifted."""

    PASS = "pass"  # noqa: S105  # a verdict, no password
    DENY = "deny"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    BROKEN = "broken"

    @property
    def blocks(self) -> bool:
        """Whether a finding with this verdict refuses the case."""
        return self not in {Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.BROKEN}


@dataclass(frozen=True)
class Finding:
    """One answer of one rule.

    Attributes:
        rule: the rule's id, such as R5.
        reason: why, in a sentence for the engineer and the customer.
        where: the document and the place in it that was looked at.
        remedy: what to do about it, who can, and with which command; empty where nothing is to be done.
        warning: nothing to refuse, but something that every report must show (R10, exceptions).
        component: which one it is about, where it is about one (R9).
        firm: a denial that no exception can break, since it guards the proof itself.
    """

    rule: str
    verdict: Verdict
    reason: str
    where: str
    remedy: str = ""
    warning: bool = False
    firm: bool = False
    component: str = ""


def broken_rules(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The rules that an exception broke, each once."""
    return tuple(dict.fromkeys(finding.rule for finding in findings if finding.verdict is Verdict.BROKEN))
