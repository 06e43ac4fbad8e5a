"""The steps of a case in their order, and how far it has come."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from koor_provision.errors import KoorError
from koor_provision.gate.decision import Admitted, Refused
from koor_provision.gate.judge import judge
from koor_provision.guide.digests import outdated
from koor_provision.guide.signatories import SIGNATORIES, People
from koor_provision.load.agreements import AGREEMENT, read_agreements
from koor_provision.load.case import ACCEPTANCE, CONFIRMATION, OFFER, TARGETS, load_case
from koor_provision.load.documents import examine, load, to_model
from koor_provision.load.files import lies, read
from koor_provision.load.words import AGREEMENTS, numbers, read_words
from koor_provision.models.agreement import Agreement
from koor_provision.models.case import Company
from koor_provision.models.components import OWN
from koor_provision.models.documents import Document, Signed
from koor_provision.models.finding import Finding
from koor_provision.models.kinds import KINDS
from koor_provision.models.mail import Says
from koor_provision.models.remedy import located
from koor_provision.models.scope import Scope
from koor_provision.trust.keyring import Keyring

_WRITERS = {
    AGREEMENT: "sales, with the customer",
    OFFER: "sales, with Support & Service",
    ACCEPTANCE: "the customer",
    CONFIRMATION: "sales",
    TARGETS: "the customer",
}
DOCUMENTS = tuple(_WRITERS)


class State(StrEnum):
    """How far a step is."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: of the document, or of what is done.
        why: how it is done, or what is missing.
        who: takes the step; empty where nothing is to do, or where the command says who.
        command: what they run or do.
    """

    name: str
    state: State
    why: str
    who: str = ""
    command: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What a case is looked at with; `folder` is where the company's documents lie."""

    folder: Path
    company: Company
    keyring: Keyring
    scopes: Mapping[str, Scope]
    now: datetime


def steps(folder: Path, around: Surroundings) -> tuple[Step, ...]:
    """All steps of a case: one for each document, the gate's, and the installation."""
    verdict = _gate(folder, around)
    if isinstance(verdict, KoorError):
        return tuple(_one_by_one(folder, around, verdict))
    reasons = verdict.reasons if isinstance(verdict, Refused) else ()
    refusing = tuple(replace(one, remedy=located(one.remedy, folder, around.folder)) for one in reasons)
    documents = [_by_findings(folder, name, refusing) for name in DOCUMENTS]
    elsewhere = [finding for finding in refusing if not finding.where.startswith(DOCUMENTS)]
    if elsewhere:
        gate = _refused("gate", elsewhere, "")
    elif refusing:
        gate = Step("gate", State.LATER, "comes when nothing is missing in the documents")
    else:
        gate = Step("gate", State.DONE, "admitted")
    source = " --application-source PATH" if OWN in verdict.case.ordered else ""
    install = Step(
        "installation",
        State.NEXT if isinstance(verdict, Admitted) else State.LATER,
        "look at the server first; nothing is changed",
        verdict.case.engineer,
        f"koor-provision install {shlex.quote(str(folder))} --inventory FILE{source} --dry-run",
    )
    return _one_next([*documents, gate, install])


def _gate(folder: Path, around: Surroundings) -> Admitted | Refused | KoorError:
    """What the gate says; as long as it cannot even read the case, why."""
    try:
        case, _ = load_case(
            folder, around.company, around.keyring, around.scopes, engineer=None, now=around.now
        )  # fmt: skip
    except KoorError as error:
        return error
    return judge(case)


def _by_findings(folder: Path, name: str, refusing: tuple[Finding, ...]) -> Step:
    mine = [finding for finding in refusing if finding.where.startswith(name)]
    if not mine:
        return Step(name, State.DONE, "nothing is missing")
    if old := _outdated(folder, name):
        return _digests_first(folder, name, old)
    signature = mine[0].where.startswith(f"{name}.sig")
    signatories = " and ".join(signatory.who for signatory in SIGNATORIES[name])
    return _refused(name, mine, signatories if signature else _WRITERS[name])


def _outdated(folder: Path, name: str) -> tuple[str, ...]:
    try:
        return outdated(folder, name)
    except KoorError:  # changed since the gate read it
        return ()


def _refused(name: str, findings: list[Finding], who: str) -> Step:
    first = findings[0]
    more = f" (and {len(findings) - 1} more: koor-provision check)" if len(findings) > 1 else ""
    return Step(name, State.NEXT, f"{first.rule}: {first.reason}{more}", who, first.remedy)


def _one_next(all_steps: list[Step]) -> tuple[Step, ...]:
    """Only the first open step is the next one; a case is put together in order."""
    found = False
    result = []
    for step in all_steps:
        later = found and step.state is State.NEXT
        result.append(Step(step.name, State.LATER, step.why, step.who, step.command) if later else step)
        found = found or step.state is State.NEXT
    return tuple(result)


def _one_by_one(folder: Path, around: Surroundings, reason: KoorError) -> list[Step]:
    """Before the gate can read the case: the documents in order, up to the first that is not ready."""
    result: list[Step] = []
    for name in DOCUMENTS:
        if result and result[-1].state is not State.DONE:
            result.append(Step(name, State.LATER, "comes when the one before is done"))
        else:
            result.append(_document(folder, name, around))
    if result[-1].state is State.DONE:  # what the gate cannot read is none of them: an exception, a mail
        result.append(Step("gate", State.NEXT, str(reason), "", located(reason.hint, folder, around.folder)))
    else:
        result.append(Step("gate", State.LATER, "comes when all documents are there"))
    return [*result, Step("installation", State.LATER, "comes when all documents are there")]


def _document(folder: Path, name: str, around: Surroundings) -> Step:
    model = KINDS[Path(name).stem]
    path = shlex.quote(str(folder / name))
    try:
        if old := outdated(folder, name):
            return _digests_first(folder, name, old)
        to_model(read(folder / name, name), model)
        unsigned = not lies(folder / f"{name}.sig", f"{name}.sig")
        signed, rejected = _nobody() if unsigned else _signed(folder, name, model, around)
        by_word = _by_word(folder, name, around)
    except KoorError as error:
        place = f"{error.where}: " if error.where else ""
        return Step(name, State.NEXT, f"{place}{error.message}", _WRITERS[name], f"edit {path}, then look again")
    step = _to_sign(folder, name, around, signed, by_word=by_word)
    if step.state is State.NEXT and rejected:
        return Step(name, State.NEXT, f"{step.why}; {'; '.join(rejected)}", step.who, f"{step.command} --replace")
    return step


def _nobody() -> tuple[frozenset[str], tuple[str, ...]]:
    return frozenset(), ()


def _signed(
    folder: Path, name: str, model: type[Document], around: Surroundings
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Who signed a document, and why other signatures do not count."""
    _, agreement, keyring = read_agreements(folder, around.company.staff.content, around.keyring)
    result: Signed[Document] = agreement if name == AGREEMENT else examine(load(folder, name, model), keyring)
    return result.signers, result.rejected


def _by_word(folder: Path, name: str, around: Surroundings) -> bool:
    """Whether a mail or a paper says yes to this document; whether it counts is the gate's to judge, later."""
    digest = read(folder / name, name).sha256
    said = [word.statement for word in read_words(folder, around.keyring).words]
    if name == ACCEPTANCE and any(one.says is Says.ACCEPTANCE for one in said):
        return True
    return any(one.says is Says.APPROVAL and one.digest == digest for one in said)


def _agreement(folder: Path) -> Agreement:
    return to_model(read(folder / AGREEMENT, AGREEMENT), Agreement)


def _former(folder: Path) -> Agreement | None:
    """The agreement that the present one follows."""
    try:
        taken = numbers(folder, AGREEMENTS)
        name = f"{AGREEMENTS}/{taken[-1]}.yml" if taken else ""
        return to_model(read(folder / name, name), Agreement) if name else None
    except KoorError:  # told where the agreements are read
        return None


def _digests_first(folder: Path, name: str, fields: tuple[str, ...]) -> Step:
    which = " and ".join(fields)
    case = shlex.quote(str(folder))
    if os.path.lexists(folder / f"{name}.sig"):
        signature = shlex.quote(str(folder / f"{name}.sig"))
        return Step(
            name,
            State.NEXT,
            f"{which} is not of the document as it is now, which was changed after this one was signed",
            f"{_WRITERS[name]}, who must agree again",
            f"rm {signature}; koor-provision case status {case} --write",
        )
    return Step(name, State.NEXT, f"{which} is to be entered", "you", f"koor-provision case status {case} --write")


def _to_sign(folder: Path, name: str, around: Surroundings, signed: frozenset[str], *, by_word: bool) -> Step:
    people = People(_agreement(folder), around.company.staff.content, around.now.date(), _former(folder))
    for signatory in SIGNATORIES[name]:
        persons = signatory.persons(people)
        if (signatory.first and people.former) or signed & set(persons) or (signatory.customers and by_word):
            continue
        why = f"to be signed by {signatory.who}"
        if signatory.customers and not persons:
            case = shlex.quote(str(folder))
            return Step(
                name,
                State.NEXT,
                f"{why}; nobody of them has a key, so take in their mail, or a paper that they signed",
                "you, with the customer",
                f"koor-provision case add-mail {case} FILE.eml, or koor-provision case add-paper --help",
            )
        return Step(
            name,
            State.NEXT,
            why,
            " or ".join(persons) or "nobody at present",
            f"koor-provision sign {shlex.quote(str(folder / name))} --key KEY",
        )
    how = f"signed by {', '.join(sorted(signed))}" if signed else "approved"
    return Step(name, State.DONE, f"{how}; the customer by mail or on paper" if by_word else how)
