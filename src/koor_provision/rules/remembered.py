"""What the memory of this machine says about a customer's agreement (R3): nobody puts an older or another one back."""

from koor_provision.models.case import Case
from koor_provision.models.remembered import regress
from koor_provision.rules.common import Judge


def judge_memory(case: Case, judge: Judge) -> None:
    """Deny unless the agreement is the one that was seen here before, or comes after it in the same chain."""
    agreement, before = case.agreement, case.agreement_before
    if before is None:
        return
    _, present = case.agreement_seen
    reason = regress(present, before)
    if reason is None and before.sha256 not in {present.sha256, *(one.sha256 for one in case.former)}:
        reason = (
            f"version {present.version} does not come after version {before.version} as it was seen here before, "
            f"with the digest {before.sha256[:12]}..."
        )
    if reason:
        judge.deny(
            reason,
            f"{agreement.file}, version",
            "get the present agreement and the former ones from where contracts are kept: they say who may order",
        )
