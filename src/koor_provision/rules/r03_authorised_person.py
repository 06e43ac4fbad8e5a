"""R3: only persons whom the customer authorised in the service agreement may order, and only they change that list."""

from koor_provision.models.case import Case
from koor_provision.models.documents import Document, Signed
from koor_provision.models.finding import Finding
from koor_provision.models.word import Means
from koor_provision.rules.agreement_chain import judge_chain
from koor_provision.rules.approvals import approvals, authorised, authorised_then_and_now, speaker, troubles
from koor_provision.rules.common import Judge, signed_by
from koor_provision.rules.remembered import judge_memory

RULE = "R3"
TITLE = "The order comes from a person whom the customer authorised"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if authorised persons of the same customer approved acceptance and targets, by key, mail or paper."""
    judge = Judge(RULE)
    agreement = case.agreement.content
    if not agreement.authorised_persons:
        judge.deny(
            "the agreement names no authorised person, so nobody may order",
            f"{case.agreement.file}, authorised_persons",
            "have the customer name at least one in the service agreement",
        )
    judge_chain(case, judge)
    judge_memory(case, judge)
    _words(case, judge)
    may_order = authorised_then_and_now(case, case.acceptance.content.accepted)
    may_name_servers = authorised(agreement) | {person.id for person in agreement.responsible_for_it}
    accepted = _approved(case, case.acceptance, may_order, judge)
    _approved(case, case.targets, may_name_servers, judge)
    return judge.answer(f"accepted by {accepted}, who is authorised", f"{case.acceptance.file}.sig")


def _approved(case: Case, document: Signed[Document], entitled: frozenset[str], judge: Judge) -> str:
    """Who approved a document, in words; deny if nobody entitled did."""
    agreement = case.agreement.content
    found = [one for one in approvals(case, document, agreement) if one.person in entitled]
    if not found:
        names = ", ".join(sorted(authorised(agreement))) or "nobody"
        late = sorted({one.person for one in approvals(case, document, agreement)} & authorised(agreement))
        when = f"; {', '.join(late)} was not authorised on that day" if late else ""
        judge.deny(
            f"{document.file} is not signed by an authorised person ({signed_by(document)}; authorised: {names}{when})",
            f"{document.file}.sig",
            f"have an authorised person run: koor-provision sign {document.file} --key KEY; or, if they have no key, "
            "record their mail or paper: koor-provision case add-mail, koor-provision case add-paper",
        )
    said = getattr(document.content, "customer", agreement.customer)
    if said != agreement.customer:
        judge.deny(
            f"it names customer {said}, the agreement is with customer {agreement.customer}",
            f"{document.file}, customer",
            "use the documents of one customer",
        )
    return ", ".join(
        dict.fromkeys(
            one.person if one.means is Means.KEY else f"{one.person} (by {one.means}, {one.file})" for one in found
        )
    )


def _words(case: Case, judge: Judge) -> None:
    """Every mail and paper in the case must count: what does not is taken out, so that nobody relies on it."""
    for word in case.words:
        for reason, remedy in troubles(case, word):
            judge.deny(f"{word.file}: {reason}", word.record, remedy)
        if not any(speaker(word, one.content) for one in (*case.former, case.agreement)):
            who = word.address or word.person
            judge.deny(
                f"{word.file} is of {who}, who is not named in the agreement",
                word.file,
                "only persons of the agreement can order: ask one of them, with the very address that stands there",
            )
