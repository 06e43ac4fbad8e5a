"""R4a: goals, and time, complexity and cost of every work, stand in the offer.

A data migration also needs its data structure and strategy there, a customisation its goals; the set-up is an offer's
first work.
"""

from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.models.order import Estimate, Work
from koor_provision.rules.common import Judge, twice

RULE = "R4a"
TITLE = "Goals and an estimate of time, complexity and cost stand in the offer"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if the offer says for each work what is wanted and what it takes."""
    judge = Judge(RULE)
    offer = case.offer
    _defined("the offer", f"{offer.file}, ", offer.content.goals, offer.content.estimate, judge)
    for work in offer.content.works:
        place = f"{offer.file}, works, {work.work}, "
        _defined(f"the {work.kind} '{work.work}'", place, work.goals, work.estimate, judge)
        _migration(work, place, judge)
    for name in twice(work.work for work in offer.content.works):
        judge.deny(f"the work '{name}' stands there twice", f"{offer.file}, works", "give each work a name of its own")
    efforts = [
        f"{place.split(', ')[1] if ', ' in place else 'set-up'}: {estimate.hours} h, {estimate.complexity} complexity, "
        f"{estimate.cost_eur} EUR"
        for place, estimate in offer.content.estimates()
    ]
    return judge.answer(f"{len(offer.content.goals)} goal(s); {'; '.join(efforts)}", f"{offer.file}, estimate")


def _defined(what: str, place: str, goals: tuple[str, ...], estimate: Estimate | None, judge: Judge) -> None:
    if not goals:
        judge.deny(
            f"{what} names no goals",
            f"{place}goals",
            "write down with the customer what is to be reached, at least one goal; then the changed offer is approved "
            "(R4b) and accepted (R5) again",
        )
    if estimate is None:
        judge.deny(
            f"{what} has no estimate",
            f"{place}estimate",
            "add hours, complexity and cost_eur, and have the estimate approved (R4b)",
        )
    elif estimate.hours == 0:
        judge.deny(
            f"the estimate of {what} says that the work takes no time",
            f"{place}estimate.hours",
            "enter the hours that the work will take, and have the estimate approved (R4b)",
        )


def _migration(work: Work, place: str, judge: Judge) -> None:
    for field, text in (("data_structure", work.data_structure), ("strategy", work.strategy)):
        title = field.replace("_", " ")
        if work.kind == "data-migration" and text is None:
            judge.deny(
                f"the data migration '{work.work}' does not define its {title}",
                f"{place}{field}",
                f"work the {title} out with the customer and write it into the offer, before the estimate is approved",
            )
        if work.kind != "data-migration" and text is not None:
            judge.deny(
                f"the {work.kind} '{work.work}' has a {title}, which only a data migration has",
                f"{place}{field}",
                "offer the migration as a work of its own, of kind data-migration",
            )
