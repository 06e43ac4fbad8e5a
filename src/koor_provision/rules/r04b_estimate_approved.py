"""R4b: estimates are done or approved by a senior employee of Support & Service, its team leader or the HOCS."""

from datetime import date

from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.models.order import Estimate
from koor_provision.rules.common import Judge, senior_in_support, signed_by, staff_among, why_not_senior

RULE = "R4b"
TITLE = "The estimate is approved by somebody entitled"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if for each estimate somebody signed the offer who was entitled when it was approved, and still is."""
    judge = Judge(RULE)
    offer = case.offer
    if offer.content.date > case.today:
        judge.deny(
            f"the offer is dated in the future ({offer.content.date}; today is {case.today} UTC)",
            f"{offer.file}, date",
            "enter the day on which it was made, and have it signed and accepted again",
        )
    entitled = _entitled(case, offer.content.date)
    if not entitled:
        _nobody(case, judge)
    by_name = [
        person for place, estimate in offer.content.estimates() if (person := _named(case, place, estimate, judge))
    ]
    return judge.answer(f"approved by {', '.join(dict.fromkeys([*entitled, *by_name]))}", f"{offer.file}.sig")


def _entitled(case: Case, day: date) -> list[str]:
    """Who of the offer's signers was entitled on that day and is today."""
    return [
        entry.id
        for entry in staff_among(case.offer.signers, case.company.staff.content)
        if senior_in_support(entry, day) and senior_in_support(entry, case.today)
    ]


def _nobody(case: Case, judge: Judge) -> None:
    offer, staff = case.offer, case.company.staff.content
    doubts = [
        why_not_senior(person, entry, offer.content.date) or why_not_senior(person, entry, case.today)
        for person in sorted(offer.signers)
        if (entry := staff.find(person))
    ]
    judge.deny(
        f"nobody entitled approved the estimate ({signed_by(offer)})" + "".join(f"; {doubt}" for doubt in doubts),
        f"{offer.file}.sig",
        "ask a senior employee (more than 3 years in Support & Service), the team leader or the HOCS to check the "
        f"estimate and run: koor-provision sign {offer.file} --key KEY",
    )


def _named(case: Case, place: str, estimate: Estimate, judge: Judge) -> str | None:
    """An approver whom the estimate names must have signed, and be entitled on the day that it names."""
    person, offer = estimate.approved_by, case.offer
    day = estimate.approved or offer.content.date
    where = f"{offer.file}, {place}"
    if day > offer.content.date:
        judge.deny(
            f"the estimate was approved on {day}, after the offer of {offer.content.date}",
            f"{where}.approved",
            "what was offered must have been approved before: make a new revision of the offer",
        )
    if person is None:
        if estimate.approved is not None:
            judge.deny(
                f"the estimate was approved on {day}, and nobody is named who did",
                f"{where}.approved_by",
                "name the senior employee, team leader or HOCS who approved it",
            )
        return None
    if person not in offer.signers:
        judge.deny(
            f"the estimate is said to be approved by {person}, who did not sign the offer ({signed_by(offer)})",
            f"{where}.approved_by",
            f"ask {person} to check the estimate and run: koor-provision sign {offer.file} --key KEY",
        )
    entry = case.company.staff.content.find(person)
    for on in dict.fromkeys((day, case.today)):
        if doubt := why_not_senior(person, entry, on):
            judge.deny(
                f"the estimate is approved by {doubt}",
                f"{where}.approved_by",
                "have a senior employee, the team leader or the HOCS approve it: name them there and have them sign",
            )
            return None
    return person
