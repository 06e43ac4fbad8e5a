"""What R5 and R8 ask of taking a component out: it was ordered, its data only where that was, and no more goes."""

from dataclasses import replace
from typing import TYPE_CHECKING

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding, Verdict
from koor_provision.models.leaving import Leaving, leaving
from koor_provision.models.order import Removal
from koor_provision.rules.common import Judge

if TYPE_CHECKING:  # `check` judges no plan, and starts without building its models
    from koor_provision.models.plan import PlannedRemoval


def ordered(case: Case, judge: Judge) -> None:
    """The removals of offer and confirmation are the same, each stands there once, and none is of what stays (R5)."""
    offer, confirmation = case.offer, case.confirmation
    offered = {one.component: one.purge for one in offer.content.removals}
    confirmed = {one.component: one.purge for one in confirmation.content.removals}
    if offered != confirmed:
        judge.deny(
            f"the customer accepted the removals {_names(offer.content.removals)}, "
            f"confirmed were {_names(confirmation.content.removals)}",
            f"{confirmation.file}, removals",
            "confirm exactly the removals of the accepted offer",
        )
    for document, removals in (
        (offer.file, offer.content.removals),
        (confirmation.file, confirmation.content.removals),
    ):
        names = [one.component for one in removals]
        for name in sorted({name for name in names if names.count(name) > 1}):
            judge.deny(f"'{name}' is to be removed twice", f"{document}, removals", "list each component once")
    stays = {one.component for one in case.components} | set(case.ordered)
    for name in sorted(stays & offered.keys()):
        judge.deny(
            f"'{name}' is ordered, and to be removed as well",
            f"{offer.file}, removals",
            "make a new offer revision that says one or the other, and have the customer accept it",
        )


def asked(case: Case, judge: Judge) -> None:
    """What the engineer asks for is what the customer ordered (R5)."""
    removal, offer = case.removal, case.offer
    if removal is None:
        return
    name = removal.component
    found = _ordered(case, name)
    where = f"{offer.file}, removals, {name}"
    if name in case.ordered:
        judge.deny(
            f"'{name}' is part of the order, so it stays",
            f"{case.confirmation.file}, components",
            f"have the customer accept a new offer revision without '{name}' that lists it under `removals:`",
        )
    elif found is None:
        judge.deny(
            f"the customer did not order that '{name}' is removed; to be removed are {_names(offer.content.removals)}",
            where,
            f"make a new offer revision with `removals: [{{component: {name}}}]` and have it accepted and confirmed",
        )
    elif removal.purge and not found.purge:
        judge.deny(
            f"the customer did not order the data of '{name}' deleted, so it stays",
            where,
            "leave out --purge; or make a new offer revision with `purge: true` there and have that accepted",
        )


def with_warning(case: Case, answer: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The answer of R5, as a warning where the customer ordered more than the engineer asks for."""
    removal = case.removal
    found = _ordered(case, removal.component) if removal else None
    if removal is None or found is None or removal.purge or not found.purge:
        return answer
    return tuple(
        replace(
            finding,
            reason=f"the customer also ordered the data of '{removal.component}' deleted, which this run does not do",
            where=f"{case.offer.file}, removals, {removal.component}",
            remedy="give --purge, now or in a later run",
            warning=True,
        )
        if finding.verdict is Verdict.PASS
        else finding
        for finding in answer
    )


def _ordered(case: Case, name: str) -> Removal | None:
    return next((one for one in case.offer.content.removals if one.component == name), None)


def planned(case: Case, proposal: Proposal, judge: Judge) -> None:
    """The plan takes out what was asked for, and nothing where nothing was (R5)."""
    removal = proposal.plan.removal
    plan = (removal.component, removal.purge) if removal else None
    asked_for = (case.removal.component, case.removal.purge) if case.removal else None
    if plan != asked_for:
        judge.deny(
            f"the plan removes {_one(plan)}, asked for is to remove {_one(asked_for)}",
            "plan, removal",
            "make the plan again",
        )


def in_scope(case: Case, proposal: Proposal, removal: "PlannedRemoval", judge: Judge) -> tuple[Finding, ...]:
    """Only what the component's contract names goes, what the rest shares stays, and apt takes nothing else (R8)."""
    plan, facts = proposal.plan, proposal.facts
    scope = case.scopes.get(removal.component)
    if scope is None:
        judge.unknown(f"there is no contract for '{removal.component}'", "plan, removal", "make the plan again")
        return judge.answer("", "plan, removal")
    leaves = leaving(scope, [case.scopes[one.component] for one in plan.components if one.component in case.scopes])
    own = leaves.packages(plan.host.system)
    rest = {name for one in leaves.rest if (here := one.systems.get(plan.host.system)) for name in here.every_package}
    for name in facts.removals:
        if name not in own:
            judge.deny(
                f"apt would also remove '{name}', which needs '{removal.component}'",
                "plan, removal, packages",
                "that is in nobody's order: talk to the customer's IT about what needs it before anything is removed",
            )
    for change in facts.changes:
        judge.deny(
            f"apt would install '{change.name}' in its place",
            "plan, removal, packages",
            "talk to the customer's IT about what needs the component before anything is removed",
        )
    for name in sorted(set(facts.orphans) & rest):
        judge.deny(f"'{name}' belongs to the rest of the order", "plan, removal, packages", "make the plan again")
    _packages(removal, proposal, own, judge)
    _paths(removal, leaves, judge)
    for unit in sorted(set(removal.services) - set(leaves.services(plan.host.system))):
        judge.deny(f"'{unit}' is no service of '{removal.component}'", "plan, removal, services", "make the plan again")
    _nothing_else(proposal, removal, judge)
    _rest_is_there(case, proposal, judge)
    return judge.answer(
        f"{len(removal.packages)} package(s) to remove, all of '{removal.component}' or needed by nothing else",
        "plan, removal",
    )


def _packages(removal: "PlannedRemoval", proposal: Proposal, own: frozenset[str], judge: Judge) -> None:
    """Exactly what apt would take: the component's own, and what only those needed."""
    facts = proposal.facts
    expected = {name: removal.component for name in facts.removals if name in own} | dict.fromkeys(facts.orphans)
    listed = {package.name: package.component for package in removal.packages}
    if listed != expected or any(facts.installed.get(one.name) != one.version for one in removal.packages):
        judge.deny(
            "the packages that the plan removes are not those that apt would remove on the server",
            "plan, removal, packages",
            "make the plan again",
        )


def _paths(removal: "PlannedRemoval", leaves: Leaving, judge: Judge) -> None:
    for field, paths, allowed in (
        ("files", removal.files, leaves.files),
        ("restored", removal.restored, leaves.disabled),
        ("data", removal.data, leaves.data if removal.purge else ()),
    ):
        for path in sorted(set(paths) - set(allowed)):
            judge.deny(
                f"'{path}' is not among what '{removal.component}' leaves behind",
                f"plan, removal, {field}",
                "make the plan again",
            )


def _nothing_else(proposal: Proposal, removal: "PlannedRemoval", judge: Judge) -> None:
    """A plan that removes installs nothing, and touches only what it says goes."""
    plan = proposal.plan
    for package in plan.packages:
        if package.changes:
            judge.deny(f"the plan also changes the package '{package.name}'", "plan, packages", "make the plan again")
    gone: dict[str, tuple[str, ...]] = {
        "paths": (*removal.files, *removal.restored, *removal.data),
        "services": removal.services,
    }
    for field, touched in plan.touches:
        for thing in sorted(set(touched) - set(gone.get(field, ()))):
            judge.deny(f"'{thing}' does not leave with the component", f"plan, touches, {field}", "make the plan again")


def _rest_is_there(case: Case, proposal: Proposal, judge: Judge) -> None:
    """What is ordered has to work afterwards, so it must be there before."""
    system = proposal.plan.host.system
    for name in case.ordered:
        scope = case.scopes.get(name)
        here = scope.systems.get(system) if scope else None
        if here and here.version_package and here.version_package not in proposal.facts.installed:
            judge.deny(
                f"'{name}' is ordered and not installed on this server yet",
                f"{case.confirmation.file}, components",
                "run koor-provision install first: what the order has must answer once the other is gone",
            )


def _names(removals: tuple[Removal, ...]) -> str:
    return ", ".join(_one((one.component, one.purge)) for one in removals) or "none"


def _one(removal: tuple[str, bool] | None) -> str:
    if removal is None:
        return "nothing"
    return f"{removal[0]} with its data" if removal[1] else removal[0]
