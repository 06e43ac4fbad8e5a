"""Who of the customer's approved what, and how we know: by their key, by their mail, or on an attested paper (R3).

Every rule that asks for the customer's yes asks here, and none looks at signatures or mails itself.
"""

from collections.abc import Iterator
from datetime import date

from koor_provision.models.agreement import Agreement
from koor_provision.models.base import PersonId
from koor_provision.models.case import Case
from koor_provision.models.documents import Document, Signed
from koor_provision.models.mail import Says
from koor_provision.models.order import Acceptance
from koor_provision.models.staff import Position
from koor_provision.models.word import Approval, Means, Word
from koor_provision.rules.common import holds, senior_in_support


def agreements(case: Case) -> tuple[Signed[Agreement], ...]:
    """All agreements with the customer, the first one first, the present one last."""
    return (*case.former, case.agreement)


def authorised(agreement: Agreement) -> frozenset[PersonId]:
    """Whom an agreement authorises to order."""
    return frozenset(person.id for person in agreement.authorised_persons)


def authorised_then_and_now(case: Case, day: date) -> frozenset[PersonId]:
    """Who was authorised on that day, and still is: nobody orders before being named or after being taken off."""
    then = [one.content for one in agreements(case) if one.content.agreed <= day]
    return authorised(then[-1]) & authorised(case.agreement.content) if then else frozenset()


def speaker(word: Word, agreement: Agreement) -> PersonId | None:
    """Whose word it is: the person of that very address, or whom the attestation names; None if it is none of these."""
    for person in agreement.persons():
        if (word.address == person.email) if word.means is Means.MAIL else (word.person == person.id):
            return person.id
    return None


def approvals(case: Case, document: Signed[Document], agreement: Agreement) -> tuple[Approval, ...]:
    """Everybody named in an agreement who approved a document."""
    named = {person.id for person in agreement.persons()}
    by_key = [Approval(person, Means.KEY, f"{document.file}.sig") for person in sorted(document.signers & named)]
    by_word = [
        Approval(person, word.means, word.file)
        for word in case.words
        if _means(word, document) and not tuple(troubles(case, word)) and (person := speaker(word, agreement))
    ]
    return (*by_key, *by_word)


def approvals_of_agreement(case: Case) -> tuple[Approval, ...]:
    """By whom the present agreement was approved: persons of its predecessor, or its own if it is the first one."""
    list_of = (case.former[-1] if case.former else case.agreement).content
    may = may_approve_agreement(case)
    return tuple(one for one in approvals(case, case.agreement, list_of) if one.person in may)


def may_approve_agreement(case: Case) -> frozenset[PersonId]:
    """Who may approve the present agreement: those of the list that it changes."""
    return authorised((case.former[-1] if case.former else case.agreement).content)


def _means(word: Word, document: Signed[Document]) -> bool:
    """Whether a word is about this document."""
    said, content = word.statement, document.content
    if isinstance(content, Acceptance):
        return (
            said.says is Says.ACCEPTANCE
            and said.offer == (content.offer, content.revision)
            and said.digest in {None, content.offer_sha256}
            and word.said == content.accepted
        )
    return said.says is Says.APPROVAL and said.digest == document.sha256


def troubles(case: Case, word: Word) -> Iterator[tuple[str, str]]:
    """Why a mail or a paper does not count, whoever it is from: reason, and what to do."""
    staff = case.company.staff.content
    if word.customer != case.agreement.content.customer:
        yield f"it is on record for customer {word.customer}", "use the documents of one customer"
    offer = case.offer.content.offer
    if word.statement.says is not Says.APPROVAL and word.offer != offer:
        yield (
            f"it is on record for {f'offer {word.offer}' if word.offer else 'no offer'}, not for {offer}",
            "a mail or paper serves one order: ask the customer for one for this order, and take it in",
        )
    if word.said > case.today:
        yield f"it is dated in the future ({word.said})", "check the date, and this machine's clock"
    if any(other is not word and _same(other, word) for other in case.words):
        yield "it is on record twice", "one mail or paper says one thing once: take the second record out"
    entries = [entry for person in word.vouchers if (entry := staff.find(person))]
    rejected = "".join(f"; {reason}" for reason in word.rejected)
    if word.means is Means.PAPER:
        if not any(holds(entry, Position.SALES_MANAGER, case.today) for entry in entries):
            yield (
                f"no sales manager attests it{rejected}",
                f"a sales manager compares it with the paper and runs: koor-provision sign {word.record} --key KEY",
            )
        return
    if not any(
        entry.id != case.engineer
        and (holds(entry, Position.SALES_MANAGER, case.today) or senior_in_support(entry, case.today))
        for entry in entries
    ):
        yield (
            f"nobody but the engineer vouches for its intake{rejected}",
            f"a sales manager or a senior colleague compares it, and runs: koor-provision sign {word.record} --key KEY",
        )
    if not set(word.recipients) & set(case.company.policy.content.mailboxes):
        yield (
            f"it was sent to {', '.join(word.recipients)}, which is no mailbox of ours",
            f"ask for a mail to one of {', '.join(case.company.policy.content.mailboxes)}",
        )


def _same(one: Word, other: Word) -> bool:
    return one.sha256 == other.sha256 or (one.message is not None and one.message == other.message)
