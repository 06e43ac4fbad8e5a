"""Break-glass: what an exception must be to hold, and what it then does to the findings.

It turns a denial into `broken`, never into a pass. What it cannot do:

- lift R1 and R2 (without them we may not touch the customer's data at all) and R11 (the data are theirs),
- lift R3, R5 and R7 (the customer's consent and presence are not ours to waive),
- lift R8 ("under no circumstances", says the policy),
- lift what could not be judged (`unknown`) or what guards the proof itself (a firm denial).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from koor_provision.models.case import Case
from koor_provision.models.documents import Signed
from koor_provision.models.exception import ExceptionGrant
from koor_provision.models.finding import Finding, Verdict
from koor_provision.models.staff import Position
from koor_provision.rules.common import Judge, holds, signed_by, staff_among, twice

GATE = "gate"
LONGEST = timedelta(days=7)
BREAKABLE = frozenset({"R4a", "R4b", "R6", "R9", "R12"})
"""Rules about our own people and our own paperwork; who wrote them may lift them, for a while and by name."""
_NEVER = {
    "R1": "without the signed policy we may not touch the customer's data at all",
    "R2": "without the signed agreement nothing says who is liable",
    "R3": "who speaks for the customer is not ours to say",
    "R5": "the customer's order is not ours to waive",
    "R7": "the presence of the customer's IT is not ours to waive",
    "R8": "the policy says: under no circumstances",
    "R10": "it refuses nothing",
    "R11": "the customer's data are not ours to keep",
}
_NEEDED = (Position.HOCS, Position.CTO)


def with_exception(case: Case, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings with the case's exception applied; with the reasons against it if it does not hold."""
    if case.exception is None:
        return findings
    doubts = _doubts(case, case.exception)
    if doubts:
        return (*findings, *doubts)
    return tuple(_broken(case, finding, case.exception) for finding in findings)


def _broken(case: Case, finding: Finding, exception: Signed[ExceptionGrant]) -> Finding:
    grant = exception.content
    if finding.verdict is not Verdict.DENY or finding.firm or finding.rule not in grant.rules:
        return finding
    if beyond := _beyond(case, finding, grant):
        return replace(finding, reason=f"{finding.reason}; {beyond}")
    return replace(
        finding,
        verdict=Verdict.BROKEN,
        warning=True,
        reason=f"BROKEN BY EXCEPTION until before {grant.expires}, by {', '.join(sorted(exception.signers))} "
        f"({grant.reason}); it says no: {finding.reason}",
        where=f"{exception.file}; {finding.where}",
    )


def _beyond(case: Case, finding: Finding, grant: ExceptionGrant) -> str:
    """Why an exception that names the rule does not lift this: it is for another person or component."""
    if finding.rule == "R6" and grant.engineer != case.engineer:
        return f"the exception is for {grant.engineer}"
    if finding.rule == "R9" and finding.component not in grant.components:
        return f"the exception is for {', '.join(grant.components)}"
    return ""


def _doubts(case: Case, exception: Signed[ExceptionGrant]) -> tuple[Finding, ...]:
    judge = Judge(GATE)
    grant, file = exception.content, exception.file
    for field, said, actual in (
        ("customer", grant.customer, case.agreement.content.customer),
        ("order", grant.order, case.confirmation.content.order),
    ):
        if said != actual:
            judge.deny(
                f"the exception is for {field} {said}, not {actual}", f"{file}, {field}", _without(file, "this order")
            )
    _granted_for(case, grant, file, judge)
    _rules(grant, file, judge)
    _days(case, grant, file, judge)
    for reason in _signatures(case, exception):
        judge.deny(
            reason,
            f"{file}.sig",
            f"the HOCS and the CTO each run: koor-provision sign {file} --key KEY; or do without: remove {file}",
        )
    return judge.denials


def _without(file: str, what: str) -> str:
    return f"do without: remove {file}; or have the HOCS and the CTO sign an exception for {what}"


def _granted_for(case: Case, grant: ExceptionGrant, file: str, judge: Judge) -> None:
    """Who grants an exception has looked at one offer, one person, these components; nothing later was granted."""
    sign = "and have the HOCS and the CTO sign the exception"
    if grant.offer_sha256 is None:
        judge.deny(
            "the exception does not say for which offer it is",
            f"{file}, offer_sha256",
            f"enter offer_sha256: {case.offer.sha256} {sign}",
        )
    elif grant.offer_sha256 != case.offer.sha256:
        judge.deny(
            "the exception was granted for another offer than the one here, or it was changed since",
            f"{file}, offer_sha256",
            f"have them look at this offer, enter offer_sha256: {case.offer.sha256} {sign} again; "
            f"or do without: remove {file}",
        )
    if "R6" in grant.rules and grant.engineer is None:
        judge.deny(
            "the exception from R6 does not say for whom it is",
            f"{file}, engineer",
            f"enter engineer: PERSON, such as {case.engineer}, {sign}",
        )
    if "R9" in grant.rules and not grant.components:
        judge.deny(
            "the exception from R9 does not say for which components it is",
            f"{file}, components",
            f"enter components: [NAME], of {', '.join(case.ordered)}, {sign}",
        )


def _rules(grant: ExceptionGrant, file: str, judge: Judge) -> None:
    where = f"{file}, rules"
    if not grant.rules:
        judge.deny("the exception names no rule", where, _without(file, "the rules that stand in the way"))
    for rule in dict.fromkeys(grant.rules):
        if rule not in BREAKABLE:
            why = _NEVER.get(rule, "there is no such rule here")
            judge.deny(
                f"{rule} cannot be broken: {why}",
                where,
                f"satisfy {rule}; an exception can name {', '.join(sorted(BREAKABLE))}",
            )
    for rule in twice(grant.rules):
        judge.deny(f"{rule} stands in the exception twice", where, _without(file, "each rule once"))


def _days(case: Case, grant: ExceptionGrant, file: str, judge: Judge) -> None:
    if grant.granted > case.today:
        judge.deny(
            f"the exception is granted in the future ({grant.granted})", f"{file}, granted", _without(file, "today")
        )
    if grant.expires <= case.today:
        judge.deny(
            f"the exception has expired: it was good until before {grant.expires}",
            f"{file}, expires",
            _without(file, "the present"),
        )
    # The difference: a sum would leave the calendar where somebody writes its last day.
    if not timedelta(0) < grant.expires - grant.granted <= LONGEST:
        judge.deny(
            f"the exception is to last from {grant.granted} until before {grant.expires}; "
            f"it may last {LONGEST.days} days at most",
            f"{file}, expires",
            _without(file, f"{LONGEST.days} days at most"),
        )


def _signatures(case: Case, exception: Signed[ExceptionGrant]) -> Iterator[str]:
    """Offices and not keys are counted: an office is one person's, and nobody grants an exception to themself."""
    grant = exception.content
    signers = staff_among(exception.signers, case.company.staff.content)
    if case.engineer in {entry.id for entry in signers}:
        yield f"{case.engineer} does the installation and must not sign the exception for it"
    for position in _NEEDED:
        if any(holds(entry, position, grant.granted) and holds(entry, position, case.today) for entry in signers):
            continue
        yield f"the {position.upper()} did not sign the exception ({signed_by(exception)})"
