"""What R1 and R2 ask of a paper that the customer must have signed."""

from koor_provision.models.agreement import SignedPaper
from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.models.staff import Position
from koor_provision.rules.approvals import agreements, approvals_of_agreement, may_approve_agreement
from koor_provision.rules.common import Judge, holds, signed_by


def judge_paper(rule: str, case: Case, paper: SignedPaper | None, field: str, title: str) -> tuple[Finding, ...]:
    """Judge one paper: on record, signed in the past by somebody named, and the record vouched for by both sides."""
    judge = Judge(rule)
    agreement = case.agreement
    where = f"{agreement.file}, {field}"
    if paper is None:
        judge.deny(
            f"the {title} is not on record",
            where,
            f"have the customer sign the {title}, enter its date and digest under '{field}', "
            f"and sign {agreement.file} again",
        )
    else:
        if paper.signed > case.today:
            judge.deny(
                f"the {title} is dated in the future ({paper.signed}; today is {case.today} UTC)",
                f"{where}.signed",
                "enter the day on which it was signed",
            )
        # Who signed it may have left since: the former agreements name them.
        if paper.signed_by not in {person.id for one in agreements(case) for person in one.content.persons()}:
            judge.deny(
                f"the {title} is said to be signed by {paper.signed_by}, who is not named in the agreement",
                f"{where}.signed_by",
                "name the person among the authorised persons, or have an authorised person sign the paper",
            )
    if not approvals_of_agreement(case):
        names = ", ".join(sorted(may_approve_agreement(case))) or "nobody"
        former = f"; {case.former[-1].file}, which this one changes, authorises {names}" if case.former else ""
        judge.deny(
            f"no authorised person of the customer signed the record ({signed_by(agreement)}){former}",
            f"{agreement.file}.sig",
            f"have one of {names} run: koor-provision sign {agreement.file} --key KEY",
        )
    staff = case.company.staff.content
    if not any(holds(staff.find(person), Position.SALES_MANAGER, case.today) for person in agreement.signers):
        judge.deny(
            f"no sales manager vouches for the record ({signed_by(agreement)})",
            f"{agreement.file}.sig",
            f"ask a sales manager to compare the papers and run: koor-provision sign {agreement.file} --key KEY",
        )
    when = f", version {paper.version} of {paper.signed}" if paper else ""
    return judge.answer(f"the {title}{when} is signed by the customer and vouched for by sales", where)
