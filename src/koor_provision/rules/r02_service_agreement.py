"""R2: support only for customers who have signed the Customer Service Agreement."""

from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.rules.papers import judge_paper

RULE = "R2"
TITLE = "The customer has signed the Customer Service Agreement"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if the signed paper is on record and customer and sales manager vouch for it."""
    return judge_paper(
        RULE, case, case.agreement.content.service_agreement, "service_agreement", "Customer Service Agreement"
    )
