"""What the memory of this machine says about a customer's agreement (R3): nobody puts an older one back."""

from koor_provision.models.case import Case
from koor_provision.models.remembered import detached, regress
from koor_provision.rules.common import Judge


def judge_memory(case: Case, judge: Judge) -> None:
    """Deny unless the agreement is the one that was seen here before, or follows it."""
    agreement = case.agreement
    _, present = case.agreement_seen
    reason = regress(present, case.agreement_before) or detached(
        present, agreement.content.previous_sha256, case.agreement_before
    )
    if reason:
        judge.deny(
            reason,
            f"{agreement.file}, version",
            "get the present agreement from where contracts are kept; who may order follows from it",
        )
