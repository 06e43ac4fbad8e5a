"""Software that the customer asked for after the offer (R5): asked for by whom it must, related, and reasonable."""

from decimal import Decimal

from koor_provision.models.case import Case
from koor_provision.models.documents import Signed
from koor_provision.models.mail import Says
from koor_provision.models.word import Addition, Word
from koor_provision.rules.approvals import authorised_then_and_now, speaker, troubles
from koor_provision.rules.common import Judge, senior_in_support, signed_by


def judge_additions(case: Case, judge: Judge) -> None:
    """Deny what was not asked for, is not for the application, or is too much against the accepted offer."""
    seen: set[str] = set()
    for addition in case.additions:
        if addition.content.request_sha256 in seen:
            judge.deny(
                "another addition rests on the same request",
                f"{addition.file}, request_sha256",
                "one request, one addition: take this one out",
            )
        seen.add(addition.content.request_sha256)
        _asked_for(case, addition, judge)
        _estimated(case, addition, judge)
        _related(case, addition, judge)
    if case.additions:
        _reasonable(case, judge)


def _asked_for(case: Case, addition: Signed[Addition], judge: Judge) -> None:
    content = addition.content
    for field, said, actual in (
        ("customer", content.customer, case.agreement.content.customer),
        ("order", content.order, case.confirmation.content.order),
    ):
        if said != actual:
            judge.deny(
                f"it adds to {field} {said}, not {actual}",
                f"{addition.file}, {field}",
                "use the additions of this order",
            )
    word = next((one for one in case.words if one.sha256 == content.request_sha256), None)
    if word is None or word.statement.says is not Says.REQUEST:
        judge.deny(
            "the request that it rests on is not here",
            f"{addition.file}, request_sha256",
            "take in the customer's request: koor-provision case add-mail CASE FILE.eml",
        )
        return
    _by_whom_and_when(case, addition, word, judge)
    wanted, added = sorted(word.statement.components), sorted(one.component for one in content.components)
    if wanted != added:
        judge.deny(
            f"it adds {', '.join(added)}; {word.file} asks for {', '.join(wanted)}",
            f"{addition.file}, components",
            "add exactly what the customer asked for",
        )


def _by_whom_and_when(case: Case, addition: Signed[Addition], word: Word, judge: Judge) -> None:
    person = speaker(word, case.agreement.content)
    if tuple(troubles(case, word)) or person not in authorised_then_and_now(case, word.said):
        judge.deny(
            f"{word.file} is of {person or word.address or word.person}, "
            "who was not authorised on that day or is not any more, or it does not count (R3)",
            word.file,
            "only an authorised person can ask for more: ask one of them",
        )
    accepted, content = case.acceptance.content.accepted, addition.content
    if word.said < accepted:
        judge.deny(
            f"{word.file} is of {word.said}, before the offer was accepted ({accepted})",
            word.file,
            "what was asked for before belongs into the offer",
        )
    if not word.said <= content.confirmed <= case.today:
        judge.deny(
            f"confirmed on {content.confirmed}, which is before the request or in the future",
            f"{addition.file}, confirmed",
            "confirm the addition after it was asked for, and enter that day",
        )


def _estimated(case: Case, addition: Signed[Addition], judge: Judge) -> None:
    staff = case.company.staff.content
    # Nobody lets themselves have more hours: who does the work is no estimator of what was added to it.
    others = addition.signers - {case.engineer, case.confirmation.content.engineer}
    if not any(
        senior_in_support(staff.find(person), addition.content.confirmed)
        and senior_in_support(staff.find(person), case.today)
        for person in others
    ):
        judge.deny(
            f"nobody entitled but the engineer of the order estimated its effort ({signed_by(addition)})"
            if others != addition.signers
            else f"nobody entitled estimated its effort ({signed_by(addition)})",
            f"{addition.file}.sig",
            "another senior employee of Support & Service, its team leader or the HOCS runs: "
            f"koor-provision sign {addition.file} --key KEY",
        )
    named = addition.content.estimate.approved_by
    if named is not None and named not in addition.signers:
        judge.deny(
            f"it says that {named} approved its effort, who did not sign it",
            f"{addition.file}, estimate.approved_by",
            f"have {named} sign it, or take the name out: whoever signs approves",
        )
    if addition.content.estimate.hours == 0:
        judge.deny(
            "the estimate says that the work takes no time",
            f"{addition.file}, estimate.hours",
            "enter the hours that the work will take",
        )


def _related(case: Case, addition: Signed[Addition], judge: Judge) -> None:
    policy = case.company.policy
    for component in addition.content.components:
        if not policy.content.needs(component.component):
            judge.deny(
                f"neither the application nor an official module needs '{component.component}'",
                f"{policy.file}, application_needs",
                "offer it in an order of its own, or have the HOCS or the CTO enter what needs it",
            )


def _reasonable(case: Case, judge: Judge) -> None:
    """All additions together, against the offer that was accepted: many small ones are one large one."""
    offered, percent = case.offer.content.estimate, case.company.policy.content.additions_percent
    where = f"{case.company.policy.file}, additions_percent"
    if offered is None:
        judge.unknown("the offer has no estimate to compare the additions with", case.offer.file, "estimate the offer")
        return
    for field, unit, limit in (("hours", "h", offered.hours), ("cost_eur", "EUR", offered.cost_eur)):
        total = sum((getattr(one.content.estimate, field) for one in case.additions), Decimal(0))
        most = limit * percent / 100
        if total > most:
            judge.deny(
                f"all additions take {total} {unit}; allowed are {most:.2f} {unit}, {percent} % of the offer",
                where,
                "make a new offer for what is too much, and have it accepted",
            )
