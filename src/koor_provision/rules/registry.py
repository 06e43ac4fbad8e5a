"""All rules, in the policy's order. A missing one would be a hole, so the list is written out and tested."""

from types import ModuleType

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding
from koor_provision.rules import (
    r01_data_protection_policy,
    r02_service_agreement,
    r03_authorised_person,
    r04a_goals_and_estimate,
    r04b_estimate_approved,
    r05_ordered,
    r06_engineer,
    r07_customer_it,
    r08_scope,
    r09_approved_versions,
    r10_system_requirements,
    r11_no_customer_data,
    r12_install_checklist,
)

RULES: tuple[ModuleType, ...] = (
    r01_data_protection_policy,
    r02_service_agreement,
    r03_authorised_person,
    r04a_goals_and_estimate,
    r04b_estimate_approved,
    r05_ordered,
    r06_engineer,
    r07_customer_it,
    r08_scope,
    r09_approved_versions,
    r10_system_requirements,
    r11_no_customer_data,
    r12_install_checklist,
)

TITLES: dict[str, str] = {rule.RULE: rule.TITLE for rule in RULES}

PLAN_RULES: tuple[ModuleType, ...] = tuple(rule for rule in RULES if hasattr(rule, "check_plan"))


def judge_case(case: Case) -> tuple[Finding, ...]:
    """Every rule's findings about an order."""
    return tuple(finding for rule in RULES for finding in rule.check(case))


def judge_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """The findings about a plan, of the rules that have something to say about one."""
    return tuple(finding for rule in PLAN_RULES for finding in rule.check_plan(case, proposal))
