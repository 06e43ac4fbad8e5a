"""R3: only persons whom the customer authorised in the service agreement may order or accept."""

from koor_provision.models.case import Case
from koor_provision.models.finding import Finding
from koor_provision.rules.common import Judge, authorised_signers, signed_by
from koor_provision.rules.remembered import judge_memory

RULE = "R3"
TITLE = "The order comes from a person whom the customer authorised"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if acceptance and targets are signed by authorised persons of the same customer."""
    judge = Judge(RULE)
    agreement = case.agreement.content
    if not agreement.authorised_persons:
        judge.deny(
            "the agreement names no authorised person, so nobody may order",
            f"{case.agreement.file}, authorised_persons",
            "have the customer name at least one in the service agreement",
        )
    judge_memory(case, judge)
    for document, may_also in (
        (case.acceptance, frozenset[str]()),
        (case.targets, {person.id for person in agreement.responsible_for_it}),
    ):
        if not authorised_signers(case, document) and not document.signers & may_also:
            names = ", ".join(person.id for person in agreement.authorised_persons) or "nobody"
            judge.deny(
                f"{document.file} is not signed by an authorised person ({signed_by(document)}; authorised: {names})",
                f"{document.file}.sig",
                f"have an authorised person run: koor-provision sign {document.file} --key KEY",
            )
        if document.content.customer != agreement.customer:
            judge.deny(
                f"it names customer {document.content.customer}, the agreement is with customer {agreement.customer}",
                f"{document.file}, customer",
                "use the documents of one customer",
            )
    who = ", ".join(sorted(authorised_signers(case, case.acceptance)))
    return judge.answer(f"accepted by {who}, who is authorised", f"{case.acceptance.file}.sig")
