"""Which run is meant by what the engineer gave, and whether what a server kept of it is what was signed."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from koor_provision.cli.folders import case_folders
from koor_provision.cli.session import Session
from koor_provision.errors import InputError, KoorError, RefusedError
from koor_provision.evidence.reading import read_bundle
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.documents import Unverified, examine
from koor_provision.load.files import Content
from koor_provision.load.plan import parse_plan
from koor_provision.models.facts import Facts
from koor_provision.models.plan import Plan
from koor_provision.models.undo import Kept
from koor_provision.trust import sshsig

_RUN = re.compile(r"[0-9a-f]{16}")
_NAME_CASE = "name the case that it was of: --case CASE"


class FoundRun(NamedTuple):
    """A run by its plan's identifier, and the case that it was of."""

    run: str
    case: Path


def find_run(name: str, case: Path | None) -> FoundRun:
    """The run that is meant.

    Args:
        name: a bundle's folder or archive, or a plan's identifier.
        case: the case folder, where it is named.

    Raises:
        InputError: it is neither, or whose case it is cannot be seen.
    """
    path = Path(name)
    if name and os.path.lexists(path):
        run = _run_of(path)
        return FoundRun(run, case or _case_of(path))
    if not _RUN.fullmatch(name):
        raise InputError(
            "is no evidence and no identifier of a run",
            where=name or "RUN",
            hint="give CASE/evidence/PLAN, or the 16 letters and digits of the plan; both stand in "
            "`koor-provision ledger show` and in the report",
        )
    return FoundRun(name, case or _case_with(name))


def _run_of(path: Path) -> str:
    try:
        data = read_bundle(path)["plan.yml"]
    except KeyError as error:
        hint = "give the evidence of the run: CASE/evidence/PLAN"
        raise InputError("holds no plan.yml", where=str(path), hint=hint) from error
    return parse_plan(data, f"{path}, plan.yml").plan


def _case_of(evidence: Path) -> Path:
    """The case in whose folder `evidence` a bundle lies."""
    folder = Path(os.path.abspath(evidence)).parent  # noqa: PTH100  # where it was named, not where a link leads
    if folder.name != "evidence":
        raise InputError("does not lie in a case", where=str(evidence), hint=_NAME_CASE)
    return folder.parent


def _case_with(run: str) -> Path:
    """The case here or below that has evidence of a run, or the only one that there is."""
    try:
        cases = case_folders([Path()])
    except InputError as error:
        raise InputError(f"no case is here that run {run} could be of", hint=_NAME_CASE) from error
    found = [one for one in cases if os.path.lexists(one / "evidence" / run)] or cases
    if len(found) != 1:
        raise InputError(f"which of {len(found)} cases run {run} was of cannot be seen", hint=_NAME_CASE)
    return found[0]


def former_plan(session: Session, facts: Facts) -> Plan | None:
    """The plan of the run that is to be undone, as the server kept it; None where nothing is to be undone.

    It comes from the server, so it counts only where somebody we know signed these very bytes, or our own ledger says
    that they were run from here.

    Raises:
        RefusedError: the server kept nothing of the run, or not what was signed; or it cannot be undone.
    """
    undo, kept = session.admitted.case.undo, facts.kept
    if undo is None:
        return None
    if kept is None or kept.run != undo.run or kept.state == "none":
        raise RefusedError(
            f"nothing of run {undo.run} is kept there, so it cannot be undone",
            where=session.way.name,
            hint="it may have changed nothing, or have been on another server (--host), or before undo was built; "
            "koor-provision remove takes out what an order no longer has",
        )
    if kept.state == "undone":
        raise RefusedError(f"run {undo.run} is undone already", where=session.way.name, hint="nothing is left to do")
    if kept.later:
        raise RefusedError(
            f"run {undo.run} is not the latest one: {', '.join(kept.later)} came after it",
            where=session.way.name,
            hint=f"only the latest can be undone, so undo {kept.later[-1]} first",
        )
    return _proven(kept, session)


def _proven(kept: Kept, session: Session) -> Plan:
    content = Content("plan.yml", kept.plan.encode())
    try:
        plan = parse_plan(content.data, content.name)
        claims = sshsig.parse(kept.signatures.encode(), "plan.yml.sig")
        signed = examine(Unverified(plan, content, claims), session.keyring)
    except KoorError as error:
        raise _forged(kept, session, error.message) from error
    if plan.plan != kept.run:
        raise _forged(kept, session, f"it is that of {plan.plan}")
    if plan.engineer not in signed.signers and not _was_run_here(plan, content):
        raise _forged(kept, session, "; ".join(signed.rejected) or "nobody we know signed it")
    return plan


def _was_run_here(plan: Plan, content: Content) -> bool:
    receipts = Ledger(ledger_path()).receipts()
    return any((one.get("plan"), one.get("plan_sha256")) == (plan.plan, content.sha256) for one in receipts)


def _forged(kept: Kept, session: Session, why: str) -> RefusedError:
    return RefusedError(
        f"the plan that is kept there of run {kept.run} is not proven to be the one that was signed: {why}",
        where=session.way.name,
        hint="do not go on: find out with the customer's IT who wrote to /var/lib/koor-provision there",
    )
