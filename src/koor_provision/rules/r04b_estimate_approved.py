"""R4b: the estimate is done or approved by a senior employee of Support & Service, its team leader or the HOCS."""

from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.rules.common import Judge, senior_in_support, signed_by, staff_among

RULE = "R4b"
TITLE = "The estimate is approved by somebody entitled"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if somebody signed the offer who was entitled on its date and still is today."""
    judge = Judge(RULE)
    offer = case.offer
    signers = staff_among(offer.signers, case.company.staff.content)
    entitled = [
        entry.id
        for entry in signers
        if senior_in_support(entry, offer.content.date) and senior_in_support(entry, case.today)
    ]
    if offer.content.date > case.today:
        judge.deny(
            f"the offer is dated in the future ({offer.content.date}; today is {case.today} UTC)",
            f"{offer.file}, date",
            "enter the day on which it was made",
        )
    if not entitled:
        judge.deny(
            f"nobody entitled approved the estimate ({signed_by(offer)})",
            f"{offer.file}.sig",
            "ask a senior employee (more than 3 years in Support & Service), the team leader or the HOCS to check the "
            f"estimate and run: koor-provision sign {offer.file} --key KEY",
        )
    return judge.answer(f"approved by {', '.join(entitled)}", f"{offer.file}.sig")
