"""R1: support only for customers who have signed the Customer Data Protection Policy."""

from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.rules.papers import judge_paper

RULE = "R1"
TITLE = "The customer has signed the Customer Data Protection Policy"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if the signed paper is on record and customer and sales manager vouch for it."""
    return judge_paper(
        RULE,
        case,
        case.agreement.content.data_protection_policy,
        "data_protection_policy",
        "Customer Data Protection Policy",
    )
