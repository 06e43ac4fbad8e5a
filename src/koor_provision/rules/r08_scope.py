"""R8: nothing is altered but what the setup of ordered and approved software needs."""

from typing import TYPE_CHECKING

from koor_provision.models.case import Case, ImageProposal, Judged, Proposal
from koor_provision.models.components import OWN, Component
from koor_provision.models.finding import Finding
from koor_provision.models.scope import KEPT_IN, Scope
from koor_provision.models.software import System
from koor_provision.models.there_before import there_before
from koor_provision.rules import removal, undoing
from koor_provision.rules.common import PLAN_AGAIN, Judge
from koor_provision.rules.extensions import judge_known
from koor_provision.rules.origins import judge_origins

if TYPE_CHECKING:  # `check` judges no plan, and starts without building its models
    from koor_provision.models.plan import PlannedPackage

RULE = "R8"
TITLE = "Only ordered and approved components, and nothing beyond their scope"


def check(case: Judged) -> tuple[Finding, ...]:
    """Pass if every component of the order is on the approved list and has a scope contract."""
    judge = Judge(RULE)
    for name in dict.fromkeys(case.named):
        if name != OWN and not case.undo and not case.company.software.content.find(name):
            judge.deny(
                f"'{name}' is not approved customer software",
                f"{case.company.software.file}, entries",
                f"offer something approved, or ask the CTO to validate and approve '{name}' (R9)",
            )
    for name in dict.fromkeys((*case.named, *case.going)):
        if name not in case.scopes:
            judge.deny(
                f"there is no role for '{name}', so nothing says what it may touch",
                f"roles/{name}/meta/scope.yml",
                "order a component that there is a role for",
            )
    judge_known(case, judge)
    offered = case.offer.content.components if isinstance(case, Case) else case.components
    for component in offered:
        _options_are_built(component, case.scopes.get(component.component), case.offered_in, judge)
    if not case.named:
        judge.unknown("the order names no component", f"{case.offered_in}, components", "list what is offered")
    return judge.answer(
        "every component is approved and has a scope contract", f"{case.company.software.file}, entries"
    )


def _options_are_built(component: Component, contract: Scope | None, file: str, judge: Judge) -> None:
    """A choice between packages that no system's contract knows is one that nobody has built."""
    choices = [one.choices for one in contract.systems.values()] if contract else []
    for option in sorted({option for one in choices for option in one}):
        value = getattr(component, option, None)
        known = sorted({name for one in choices for name in one.get(option, {})})
        if isinstance(value, str) and value not in known:
            judge.deny(
                f"'{component.component}' with `{option}: {value}` is not built: nothing says what it may touch",
                f"{file}, components, {component.component}",
                f"offer it with `{option}: {' or '.join(known)}`",
            )


def check_plan(case: Judged, proposal: Proposal | ImageProposal) -> tuple[Finding, ...]:
    """Pass if the plan holds the ordered components, only their packages, and nothing outside their scopes."""
    judge = Judge(RULE)
    plan, facts = proposal.plan, proposal.facts
    ordered = list(case.ordered)
    planned = [component.component for component in plan.components]
    if sorted(planned) != sorted(ordered):
        judge.deny(
            f"the plan has {', '.join(planned)}, ordered were {', '.join(ordered)}",
            "plan, components",
            PLAN_AGAIN,
        )
    if (plan.host.machine_id, plan.host.system) != (facts.machine_id, facts.system):
        judge.deny("the plan was made for another server", "plan, host", PLAN_AGAIN)
    if isinstance(case, Case) and isinstance(proposal, Proposal):  # an image has nothing to take out or back
        _was_there_before(case, proposal, judge)
        _names_what_was_broken_off(proposal, judge)
        if proposal.plan.removal:
            return removal.in_scope(case, proposal, proposal.plan.removal, judge)
        if proposal.plan.undo:
            return undoing.in_scope(proposal, proposal.plan.undo, judge)
        _keeps_in_its_place(proposal, judge)
    _apt_can(proposal, judge)
    contracts = [case.scopes[name] for name in ordered if name in case.scopes]
    for contract in contracts:
        _is_there(contract, plan.host.system, judge)
    for package in plan.packages:
        _package_in_scope(package, contracts, proposal, judge)
    judge_origins(case, proposal, judge)
    for field, touched in plan.touches:
        allowed = _allowed(contracts, field, plan.host.system)
        for thing in sorted(set(touched) - allowed):
            judge.deny(f"'{thing}' is in no ordered component's scope", f"plan, touches, {field}", PLAN_AGAIN)
    added = sum(package.changes for package in plan.packages)
    return judge.answer(
        f"{added} package(s) to add or upgrade, all in scope or needed by one that is, and all from the system's "
        "repositories or approved ones",
        "plan, packages",
    )


def _was_there_before(case: Case, proposal: Proposal, judge: Judge) -> None:
    """What writes to its own data during the run is no more and no less than what the server had."""
    there = there_before(case.scopes, (*case.ordered, *case.going), proposal.plan.host.system, proposal.facts.others)
    if proposal.plan.there_before != there:
        judge.deny(
            f"the plan says that {_names(proposal.plan.there_before)} was there before, the server has {_names(there)}",
            "plan, there_before",
            PLAN_AGAIN,
        )


def _names_what_was_broken_off(proposal: Proposal, judge: Judge) -> None:
    """Nobody audited a run that has no end, so whoever signs must know of it. Our ledger may know of more."""
    open_ones = {one.run for one in proposal.facts.runs if not (one.ended or one.settled)}
    for run in sorted(open_ones - {one.run for one in proposal.plan.finishes}):
        judge.deny(f"the plan does not say that run {run} on this server was broken off", "plan, finishes", PLAN_AGAIN)


def _names(components: tuple[str, ...]) -> str:
    return ", ".join(components) or "nothing"


def _keeps_in_its_place(proposal: Proposal, judge: Judge) -> None:
    plan = proposal.plan
    if plan.keeps not in {None, f"{KEPT_IN}{plan.plan}/"}:
        judge.deny(f"'{plan.keeps}' is no place to keep what this plan changes", "plan, keeps", PLAN_AGAIN)


def _apt_can(proposal: Proposal | ImageProposal, judge: Judge) -> None:
    """Everything can be had, and nothing has to go for it."""
    for name in proposal.facts.removals:
        judge.deny(
            f"apt would remove '{name}' from the server",
            "plan, packages",
            "that is the customer's software: talk to their IT about the conflict before anything is installed",
        )
    for name in proposal.facts.missing:
        judge.deny(
            f"no repository of the server offers '{name}'",
            "plan, packages",
            "check with the customer's IT that Debian's main repository is configured and reachable",
        )


def _is_there(contract: Scope, system: System, judge: Judge) -> None:
    """A contract that names no package of a system says why."""
    here = contract.systems.get(system)
    if here and here.unavailable and not here.packages:
        judge.deny(
            f"'{contract.component}' is not available on {system}: {'; '.join(here.unavailable.values())}",
            "plan, components",
            f"order it for a system that has it, or make a new offer revision without '{contract.component}'",
        )


def _package_in_scope(
    package: "PlannedPackage", contracts: list[Scope], proposal: Proposal | ImageProposal, judge: Judge
) -> None:
    """A component's package stands in its contract; any other is one that apt itself would add for those."""
    where, remedy = f"plan, packages, {package.name}", PLAN_AGAIN
    facts, system = proposal.facts, proposal.plan.host.system
    change = next((one for one in facts.changes if one.name == package.name), None)
    if package.component is None:
        if change is None:
            judge.deny(f"package '{package.name}' is needed by nothing in the order", where, remedy)
    elif not any(
        contract.component == package.component and package.name in _packages(contract, system)
        for contract in contracts
    ):
        judge.deny(f"package '{package.name}' is not in the scope of an ordered '{package.component}'", where, remedy)
    found = change.version if change else facts.installed.get(package.name)
    if package.version != found:
        judge.deny(
            f"package '{package.name}' is planned in version {package.version}, the server has {found or 'none'}",
            where,
            remedy,
        )


def _packages(contract: Scope, system: System) -> frozenset[str]:
    scope = contract.systems.get(system)
    return scope.every_package if scope else frozenset()


def _allowed(contracts: list[Scope], field: str, system: System) -> set[str]:
    """What the contracts let a plan touch of one kind; services differ from system to system."""
    if field == "services":
        return {unit for one in contracts if (scope := one.systems.get(system)) for unit in scope.services}
    return {thing for one in contracts for thing in getattr(one, field)}
