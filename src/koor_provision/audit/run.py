"""The audit of one run: what the plan may change, held against what did."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from koor_provision.audit.attribution import audit
from koor_provision.audit.expected import expected
from koor_provision.audit.watch import Watch
from koor_provision.errors import KoorError
from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.models.plan import Plan
from koor_provision.models.scope import Scope

_RECORDS = {".jsonl", ".head", ".key", ".json", ".lock"}


def changing(plan: Plan) -> list[str]:
    """Packages that the plan changes or removes."""
    coming = [package.name for package in plan.packages if package.changes]
    going = [package.name for package in plan.removal.packages] if plan.removal else []
    return coming + going + ([package.name for package in plan.undo.packages] if plan.undo else [])


def audited(watch: Watch, plan: Plan, scopes: Mapping[str, Scope], kept: tuple[Path, ...] = ()) -> Audit:
    """The second look, and whose each change is. An audit that could not be done is one that says so, and no pass.

    Args:
        kept: folders where we keep our own records, if the server is the very machine that we work on.
    """
    try:
        answer, seconds = watch.after()
    except KoorError as error:
        return Audit((), troubles=(f"the scope audit: {error}",))
    found = audit(answer, expected(plan, scopes), seconds, tuple(watch.before().troubles))
    return replace(found, changes=tuple(_ours(change, kept) for change in found.changes))


def _ours(change: Change, kept: tuple[Path, ...]) -> Change:
    here = Path(change.what)
    record = here in kept or (here.parent in kept and here.suffix in _RECORDS)
    if change.owner is Owner.NOBODY and change.kind is ChangeKind.FILE and record:
        return replace(change, owner=Owner.SYSTEM, by="our own records of this run, made on this very machine")
    return change
