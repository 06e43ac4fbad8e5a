"""R6: set-up only by a senior employee of Support & Service, its team leader or the HOCS."""

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding
from koor_provision.models.staff import Department
from koor_provision.rules.common import Judge, senior_in_support

RULE = "R6"
TITLE = "The engineer is entitled today"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if the engineer is entitled on the day of judgement."""
    judge = Judge(RULE)
    staff = case.company.staff
    entry = staff.content.find(case.engineer)
    where = f"{staff.file}, persons, {case.engineer}"
    remedy = (
        "a senior employee (more than 3 years in Support & Service), the team leader or the HOCS must do it: "
        "name them in the confirmation, or with --as PERSON"
    )
    if entry is None:
        judge.unknown(f"{case.engineer} is not in the staff register", where, remedy)
    elif not entry.employed(case.today):
        judge.deny(f"{case.engineer} does not work here today ({case.today} UTC)", where, remedy, firm=True)
    elif not senior_in_support(entry, case.today):
        department = "" if entry.department is Department.SUPPORT else f", in {entry.department}"
        judge.deny(
            f"{case.engineer} is no senior employee yet: {entry.position} since {entry.since}{department}",
            where,
            remedy,
        )
    return judge.answer(f"{case.engineer} is entitled ({entry.position} since {entry.since})" if entry else "", where)


def check_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """Pass if the entitled engineer signed this plan."""
    judge = Judge(RULE)
    if proposal.plan.engineer != case.engineer or case.engineer not in proposal.signers:
        judge.deny(
            f"the plan is not signed by {case.engineer}",
            "plan",
            "sign it with the engineer's own key: --key KEY, or a key of theirs in the SSH agent",
            firm=True,
        )
    return judge.answer(f"{case.engineer} signed the plan", "plan")
