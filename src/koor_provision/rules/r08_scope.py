"""R8: nothing is altered but what the setup of ordered and approved software needs."""

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding
from koor_provision.rules.common import Judge

RULE = "R8"
TITLE = "Only ordered and approved components, and nothing beyond their scope"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if every component of the order is on the approved list and has a scope contract."""
    judge = Judge(RULE)
    named = [
        *(component.component for component in case.offer.content.components),
        *case.confirmation.content.components,
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
    if not named:
        judge.unknown("the order names no component", f"{case.offer.file}, components", "list what is offered")
    return judge.answer(
        "every component is approved and has a scope contract", f"{case.company.software.file}, entries"
    )


def check_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """Pass if the plan holds the ordered components, only their packages, and nothing outside their scopes."""
    judge = Judge(RULE)
    plan, facts = proposal.plan, proposal.facts
    ordered = list(case.confirmation.content.components)
    planned = [component.component for component in plan.components]
    if sorted(planned) != sorted(ordered):
        judge.deny(
            f"the plan has {', '.join(planned)}, ordered were {', '.join(ordered)}",
            "plan, components",
            "make the plan again",
        )
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
    in_scope = {
        package for name in ordered if name in case.scopes for package in _packages(case, name, plan.host.system)
    }
    for package in plan.packages:
        if package.component is not None and (package.component not in ordered or package.name not in in_scope):
            judge.deny(
                f"package '{package.name}' is in no ordered component's scope", "plan, packages", "make the plan again"
            )
    added = sum(package.changes for package in plan.packages)
    return judge.answer(
        f"{added} package(s) to add or upgrade, all in scope or needed by one that is", "plan, packages"
    )


def _packages(case: Case, component: str, system: str) -> set[str]:
    scope = next((one for name, one in case.scopes[component].systems.items() if name == system), None)
    if scope is None:
        return set()
    chosen = (package for choice in scope.choices.values() for packages in choice.values() for package in packages)
    return {*scope.packages, *chosen}
