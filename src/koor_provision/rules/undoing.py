"""What R5 and R8 ask of undoing a run: the same order still holds, and no more goes back than the run brought.

Whoever may have something installed may have it taken back: the order that the run rested on entitles to both. It
entitles to nothing that was made since, so that goes only where the engineer gives it up in the plan they sign.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding, Verdict
from koor_provision.rules.common import Judge

if TYPE_CHECKING:  # `check` judges no plan, and starts without building its models
    from koor_provision.models.plan import Plan
    from koor_provision.models.undo import Kept, PlannedUndo

_AGAIN = "make the plan again"
_DISCARD = "save what is still wanted, have the customer's word in writing that it may go, and give --discard-data"


def planned(case: Case, proposal: Proposal, judge: Judge) -> None:
    """The plan undoes the run that was asked for, and that run was of this very order (R5)."""
    plan, asked, former = proposal.plan, case.undo, proposal.former
    if (plan.undo and (plan.undo.run, plan.undo.discard)) != (asked and (asked.run, asked.discard)):
        judge.deny("the plan does not undo what was asked for", "plan, undo", _AGAIN)
    if plan.undo is None:
        return
    if former is None or former.plan != plan.undo.run:
        judge.unknown(f"the plan of run {plan.undo.run} is not known", "plan, undo, run", _AGAIN)
        return
    if former.removal or former.undo:
        judge.deny(
            f"run {former.plan} installed nothing",
            "plan, undo, run",
            "what was removed comes back with an order: have it offered and accepted again",
        )
    _same_order(case, former, judge)
    _nothing_lost(plan.undo, judge)


def _same_order(case: Case, former: "Plan", judge: Judge) -> None:
    for field, said, actual in (
        ("customer", former.customer, case.agreement.content.customer),
        ("order", former.order, case.confirmation.content.order),
    ):
        if said != actual:
            judge.deny(
                f"run {former.plan} was for {field} {said}, not {actual}",
                "plan, undo, run",
                "name the case that the run was of: --case CASE",
            )
    names = {case.offer.file, case.acceptance.file, case.confirmation.file}
    names |= {
        name for name in {*former.inputs, *case.inputs} if name.startswith("additions/") and name.endswith(".yml")
    }
    changed = sorted(name for name in names if former.inputs.get(name) != case.inputs.get(name))
    if changed:
        judge.deny(
            f"the order changed since run {former.plan}: {', '.join(changed)}",
            case.confirmation.file,
            "what the order still has, has to stay: install the present order, and take out what it no longer has with "
            "koor-provision remove",
        )


def _nothing_lost(undo: "PlannedUndo", judge: Judge) -> None:
    if undo.discard:
        return
    for one in undo.data:
        judge.deny(
            f"data would go that may be the customer's: {one.path} ({one.files} files, {one.megabytes} MB)",
            "plan, undo, data",
            _DISCARD,
        )
    for path in undo.changed:
        judge.deny(f"somebody made or changed {path} since the run", "plan, undo, changed", _DISCARD)


def with_warning(proposal: Proposal, answer: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The answer of R5, as a warning where something goes for good that was made since."""
    undo = proposal.plan.undo
    if undo is None or not undo.discard or not (undo.data or undo.changed):
        return answer
    lost = ", ".join([*(one.path for one in undo.data), *undo.changed][:5])
    return tuple(
        replace(
            finding,
            reason=f"what was made or changed since run {undo.run} goes for good: {lost}",
            where="plan, undo, data",
            remedy="go on only with the customer's word in writing that it may go",
            warning=True,
        )
        if finding.verdict is Verdict.PASS
        else finding
        for finding in answer
    )


def in_scope(proposal: Proposal, undo: "PlannedUndo", judge: Judge) -> tuple[Finding, ...]:
    """Only what the run brought goes, only what it changed comes back, and apt takes nothing else (R8)."""
    plan, facts, former = proposal.plan, proposal.facts, proposal.former
    kept = facts.kept
    if kept is None or former is None or kept.state != "kept" or kept.run != undo.run:
        judge.unknown(f"nothing is known of run {undo.run}", "plan, undo", _AGAIN)
        return judge.answer("", "plan, undo")
    if former.host.machine_id != facts.machine_id:
        judge.deny(f"run {undo.run} was on another server", "plan, host", "choose the server that it was on: --host")
    going = {package.name for package in undo.packages}
    for name in facts.removals:
        if name not in going:
            judge.deny(
                f"apt would also remove '{name}', which needs what the run brought",
                "plan, undo, packages",
                "that came in another way: talk to the customer's IT about what needs it before anything is undone",
            )
    for change in facts.changes:
        judge.deny(
            f"apt would install '{change.name}' in place of what goes",
            "plan, undo, packages",
            "talk to the customer's IT about what needs it before anything is undone",
        )
    for path in kept.others:
        judge.deny(
            f"'{path}' belongs to a package that stays, and lies in a folder that would go",
            "plan, undo, deleted",
            "talk to the customer's IT about that package before anything is undone",
        )
    _packages(undo, kept, former, judge)
    _things(plan, undo, kept, former, judge)
    if plan.packages:
        judge.deny("the plan also installs packages", "plan, packages", _AGAIN)
    return judge.answer(
        f"{len(undo.packages)} package(s) to take out, all of run {undo.run}; apt takes no other", "plan, undo"
    )


def _packages(undo: "PlannedUndo", kept: "Kept", former: "Plan", judge: Judge) -> None:
    """Exactly those that the run added, by its own signed plan, and that are there now."""
    brought = {package.name for package in former.packages if package.old_version is None}
    expected = {name: version for name, version in kept.added.items() if name in brought}
    if {package.name: package.version for package in undo.packages} != expected:
        judge.deny(f"the packages are not those that run {undo.run} brought", "plan, undo, packages", _AGAIN)


def _things(plan: "Plan", undo: "PlannedUndo", kept: "Kept", former: "Plan", judge: Judge) -> None:
    made = {one.path for one in kept.made}
    for field, planned_ones, allowed in (
        ("restored", undo.restored, kept.restored),
        ("deleted", undo.deleted, kept.deleted),
        ("made", undo.made, made),
        ("data", tuple(one.path for one in undo.data), made),
        ("alternatives", undo.alternatives, kept.alternatives),
        ("choices", undo.choices, kept.choices),
        ("users", undo.users, kept.users),
        ("groups", undo.groups, kept.groups),
        ("services", (*undo.started, *undo.stopped, *undo.restarted), former.touches.services),
    ):
        for one in sorted(set(planned_ones) - set(allowed)):
            judge.deny(f"'{one}' is nothing that run {undo.run} left", f"plan, undo, {field}", _AGAIN)
    more: dict[str, tuple[str, ...]] = {
        "paths": (*undo.restored, *undo.going), "users": undo.users, "groups": undo.groups,
    }  # fmt: skip
    for field, touched in plan.touches:
        for one in sorted(set(touched) - {*getattr(former.touches, field), *more.get(field, ())}):
            judge.deny(f"'{one}' was not in the scope of run {undo.run}", f"plan, touches, {field}", _AGAIN)
    for path in undo.beside(former.touches.paths):
        judge.deny(f"'{path}' is not in the scope of run {undo.run}", "plan, undo", _AGAIN)
