"""R8: nothing is altered but what the setup of ordered and approved software needs."""

from typing import TYPE_CHECKING

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding
from koor_provision.models.scope import Scope
from koor_provision.models.software import System
from koor_provision.rules.common import PLAN_AGAIN, Judge
from koor_provision.rules.extensions import judge_known

if TYPE_CHECKING:  # `check` judges no plan, and starts without building its models
    from koor_provision.models.plan import PlannedPackage

RULE = "R8"
TITLE = "Only ordered and approved components, and nothing beyond their scope"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if every component of the order is on the approved list and has a scope contract."""
    judge = Judge(RULE)
    named = [
        *(component.component for component in case.offer.content.components),
        *case.ordered,
    ]
    for name in dict.fromkeys(named):
        if not case.company.software.content.find(name):
            judge.deny(
                f"'{name}' is not approved customer software",
                f"{case.company.software.file}, entries",
                f"offer something approved, or ask the CTO to validate and approve '{name}' (R9)",
            )
        if name not in case.scopes:
            judge.deny(
                f"there is no role for '{name}', so nothing says what it may touch",
                f"roles/{name}/meta/scope.yml",
                "order a component that there is a role for",
            )
    judge_known(case, judge)
    if not named:
        judge.unknown("the order names no component", f"{case.offer.file}, components", "list what is offered")
    return judge.answer(
        "every component is approved and has a scope contract", f"{case.company.software.file}, entries"
    )


def check_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
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
    for name in facts.removals:
        judge.deny(
            f"apt would remove '{name}' from the server",
            "plan, packages",
            "that is the customer's software: talk to their IT about the conflict before anything is installed",
        )
    for name in facts.missing:
        judge.deny(
            f"no repository of the server offers '{name}'",
            "plan, packages",
            "check with the customer's IT that Debian's main repository is configured and reachable",
        )
    contracts = [case.scopes[name] for name in ordered if name in case.scopes]
    for package in plan.packages:
        _package_in_scope(package, contracts, proposal, judge)
    for field, touched in plan.touches:
        allowed = _allowed(contracts, field, plan.host.system)
        for thing in sorted(set(touched) - allowed):
            judge.deny(f"'{thing}' is in no ordered component's scope", f"plan, touches, {field}", PLAN_AGAIN)
    added = sum(package.changes for package in plan.packages)
    return judge.answer(
        f"{added} package(s) to add or upgrade, all in scope or needed by one that is", "plan, packages"
    )


def _package_in_scope(package: "PlannedPackage", contracts: list[Scope], proposal: Proposal, judge: Judge) -> None:
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


def _packages(contract: Scope, system: System) -> set[str]:
    scope = contract.systems.get(system)
    if scope is None:
        return set()
    chosen = (package for choice in scope.choices.values() for packages in choice.values() for package in packages)
    return {*scope.packages, *chosen}


def _allowed(contracts: list[Scope], field: str, system: System) -> set[str]:
    """What the contracts let a plan touch of one kind; services differ from system to system."""
    if field == "services":
        return {unit for one in contracts if (scope := one.systems.get(system)) for unit in scope.services}
    return {thing for one in contracts for thing in getattr(one, field)}
