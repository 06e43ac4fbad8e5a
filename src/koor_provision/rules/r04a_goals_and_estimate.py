"""R4a: goals, and time, complexity and cost of the work, stand in the offer."""

from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.rules.common import Judge

RULE = "R4a"
TITLE = "Goals and an estimate of time, complexity and cost stand in the offer"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if the offer says what is wanted and what it takes."""
    judge = Judge(RULE)
    offer = case.offer
    if not offer.content.goals:
        judge.deny(
            "the offer names no goals",
            f"{offer.file}, goals",
            "write down with the customer what is to be reached, at least one goal",
        )
    estimate = offer.content.estimate
    if estimate is None:
        judge.deny(
            "the offer has no estimate",
            f"{offer.file}, estimate",
            "add hours, complexity and cost_eur, and have the estimate approved (R4b)",
        )
    elif estimate.hours == 0:
        judge.deny(
            "the estimate says that the work takes no time",
            f"{offer.file}, estimate.hours",
            "enter the hours that the work will take",
        )
    effort = f"{estimate.hours} h, {estimate.complexity} complexity, {estimate.cost_eur} EUR" if estimate else ""
    return judge.answer(f"{len(offer.content.goals)} goal(s); {effort}", f"{offer.file}, estimate")
