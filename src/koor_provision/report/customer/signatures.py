"""Who approved which document, by name, and how."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from koor_provision.models.case import Case, Proposal
from koor_provision.models.documents import Signed
from koor_provision.models.word import Means, Word
from koor_provision.report.customer.words import Words


@dataclass(frozen=True)
class Signature:
    """A document of the order and everybody who stands by it."""

    document: str
    file: str
    people: tuple[str, ...]


def signatures(case: Case, proposal: Proposal, words: Words) -> tuple[Signature, ...]:
    """Every document that the order rests on, in the order in which they come about."""
    return tuple(_rows(case, proposal, words))


def _rows(case: Case, proposal: Proposal, words: Words) -> Iterator[Signature]:
    def row(kind: str, signed: Signed[object], **values: object) -> Signature:  # type: ignore[type-var]
        return Signature(words(f"document.{kind}", **values), signed.file, people(case, signed.signers, words))

    yield row("software", case.company.software)
    if case.company.install_checklist:
        yield row("form", case.company.install_checklist)
    yield row("agreement", case.agreement)
    yield row("offer", case.offer, number=case.offer.content.offer)
    yield row("acceptance", case.acceptance)
    yield row("confirmation", case.confirmation)
    for addition in case.additions:
        yield row("addition", addition)
    yield row("targets", case.targets)
    for word in case.words:
        yield _word(case, word, words)
    if case.checklist:
        yield row("checklist", case.checklist)
    if case.exception:
        yield row("exception", case.exception)
    present = proposal.attendance.words if proposal.attendance else None
    there = (f"{_name(case, present[1], words)}: {words('signed.present')}",) if present else ()
    yield Signature(words("document.plan"), "plan.yml", (*people(case, proposal.signers, words), *there))


def _word(case: Case, word: Word, words: Words) -> Signature:
    kind = "mail" if word.means is Means.MAIL else "paper"
    who = word.address or (_name(case, word.person, words) if word.person else "")
    by = words("signed.vouched", who=who, people=words.listed(list(people(case, word.vouchers, words))))
    return Signature(words(f"signed.{kind}", day=words.day(word.said)), word.file, (by,))


def people(case: Case, signers: Iterable[str], words: Words) -> tuple[str, ...]:
    """Names for identifiers, and on whose side they stand."""
    return tuple(_name(case, signer, words) for signer in sorted(signers))


def name_of(case: Case, person: str) -> str:
    """Somebody's name; the identifier of who is not known."""
    names = {one.id: one.name for one in case.agreement.content.persons()}
    names |= {one.id: one.name for one in case.company.staff.content.persons}
    return names.get(person, person)


def _name(case: Case, person: str, words: Words) -> str:
    name = name_of(case, person)
    if case.company.staff.content.find(person):
        return f"{name} ({words('signed.ours')})"
    return f"{name} ({words('signed.yours')})" if name != person else person
