"""What came of one case, as every format prints it: judged, or not readable."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from koor_provision.gate.decision import Admitted, Refused
from koor_provision.models.base import Sha256
from koor_provision.models.finding import Finding, broken_rules
from koor_provision.models.remedy import located
from koor_provision.models.remembered import Seen
from koor_provision.models.word import Used

Outcome = Literal["admitted", "admitted_by_exception", "refused", "not_judged"]


class Problem(NamedTuple):
    """Why a case could not be judged: the message, the place, what to do about it, and the exit code that it means."""

    message: str
    where: str
    hint: str
    exit_code: int


@dataclass(frozen=True)
class Answer:
    """One case's answer; only data, so that it can come from another process and still opens no door.

    Attributes:
        name: the case folder's name.
        path: the folder as the user named it.
        company: the folder of the company that it was judged by; empty where none was found.
        agreement: of an admitted case: what stands for the customer, and the agreement that was seen.
        used: of an admitted case: the mails and papers that serve its order.
        problem: set where the case was not judged; findings are empty then.
    """

    name: str
    path: str
    company: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    inputs: Mapping[str, Sha256] = field(default_factory=dict)
    agreement: tuple[Sha256, Seen] | None = None
    problem: Problem | None = None
    used: tuple[Used, ...] = ()

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that refuse."""
        return tuple(finding for finding in self.findings if finding.verdict.blocks)

    @property
    def exit_code(self) -> int:
        """0 admitted, 1 refused; of what could not be judged, the error's own."""
        return self.problem.exit_code if self.problem else int(self.outcome == "refused")


def _outcome(decision: Admitted | Refused) -> Outcome:
    if isinstance(decision, Refused):
        return "refused"
    return "admitted_by_exception" if broken_rules(decision.findings) else "admitted"


def answer_of(decision: Admitted | Refused, path: str, company: str) -> Answer:
    """The answer that a decision is."""
    findings = (replace(one, remedy=located(one.remedy, path, company)) for one in decision.findings)
    return Answer(
        decision.case.name,
        path,
        company,
        _outcome(decision),
        tuple(findings),
        decision.case.inputs,
        decision.case.agreement_seen if isinstance(decision, Admitted) else None,
        used=decision.case.used if isinstance(decision, Admitted) else (),
    )
