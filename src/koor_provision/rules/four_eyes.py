"""Four eyes (R5): whoever approves an order is not alone with it. Persons are compared and not keys."""

from koor_provision.models.base import PersonId
from koor_provision.models.case import Case
from koor_provision.rules.common import Judge, senior_in_support, staff_among


def judge_four_eyes(case: Case, managers: frozenset[PersonId], judge: Judge) -> None:
    """Deny if every sales manager who approved the order also carries it out, or alone approved its estimate.

    Args:
        managers: the sales managers whose approval counts; where there is none, that is refused elsewhere.
    """
    staff = case.company.staff.content
    estimated = {entry.id for entry in staff_among(case.offer.signers, staff) if senior_in_support(entry, case.today)}
    alone = {person for person in managers if person == case.engineer or estimated == {person}}
    if managers and alone == managers:
        who = ", ".join(sorted(alone))
        what = "is to carry it out" if case.engineer in alone else "alone approved its estimate"
        judge.deny(
            f"{who} approved the order and also {what}: nobody else looked at it",
            f"{case.confirmation.file}.sig",
            "have another sales manager approve the order, or another engineer do it (--as PERSON), or another person "
            "entitled sign the offer",
        )
