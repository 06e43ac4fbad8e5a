"""Evaluating all rules and deciding. Refuses when any finding blocks, or when a rule said nothing at all."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from koor_provision.gate.decision import _GATE, Admitted, Authorised, Refused
from koor_provision.gate.exceptions import with_exception
from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding, Verdict
from koor_provision.rules import registry
from koor_provision.rules.common import PLAN_AGAIN

if TYPE_CHECKING:  # `check` judges no plan, and starts without building its models
    from koor_provision.models.facts import Facts
    from koor_provision.models.plan import Plan

LONGEST_PLAN = timedelta(days=1)
"""A plan that says it is good for longer was not made by us."""


def judge(case: Case) -> Admitted | Refused:
    """The first look: may this order be planned?"""
    heard = registry.judge_case(case)
    findings = with_exception(case, (*heard, *_silent(heard, registry.RULES)))
    return Refused(case, findings) if _blocked(findings) else Admitted(_GATE, case, findings)


def authorise(admitted: Admitted, proposal: Proposal, now: datetime) -> Authorised | Refused:
    """The second look: may this plan run now? The order is judged again, since time has passed."""
    case, findings = _judge_again(admitted, proposal, now)
    return Refused(case, findings) if _blocked(findings) else Authorised(_GATE, admitted, proposal, findings)


def foresee(
    admitted: Admitted, plan: "Plan", facts: "Facts", now: datetime, former: "Plan | None" = None
) -> tuple[Finding, ...] | Refused:
    """What the second look would find if everybody who may have to sign had signed.

    So that nobody is asked to sign what would be refused anyway. Says nothing that lets a plan run.

    Args:
        former: the plan of the run that is to be undone.
    """
    case = admitted.case
    everybody = {case.engineer, *(person.id for person in case.agreement.content.responsible_for_it)}
    case, findings = _judge_again(admitted, Proposal(plan, facts, frozenset(everybody), former=former), now)
    return Refused(case, findings) if _blocked(findings) else findings


def _judge_again(admitted: Admitted, proposal: Proposal, now: datetime) -> tuple[Case, tuple[Finding, ...]]:
    case = replace(admitted.case, now=now)
    order = registry.judge_case(case)
    plan = registry.judge_plan(case, proposal)
    silent = (*_silent(order, registry.RULES), *_silent(plan, registry.PLAN_RULES))
    return case, with_exception(case, (*order, *plan, *silent, *_validity(case, proposal)))


def _blocked(findings: tuple[Finding, ...]) -> bool:
    return not findings or any(finding.verdict.blocks for finding in findings)


def _silent(findings: tuple[Finding, ...], rules: tuple[object, ...]) -> tuple[Finding, ...]:
    """A rule that returned nothing has proven nothing."""
    heard = {finding.rule for finding in findings}
    names = [str(getattr(rule, "RULE", "?")) for rule in rules]
    if not names:
        return (Finding("gate", Verdict.UNKNOWN, "there is no rule", "rules", "reinstall koor-provision"),)
    return tuple(
        Finding(name, Verdict.UNKNOWN, "the rule gave no answer", "rules", "reinstall koor-provision")
        for name in names
        if name not in heard
    )


def _validity(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """A plan is good for the documents it was made from, and for a while."""
    plan = proposal.plan
    findings = []
    if dict(plan.inputs) != dict(case.inputs):
        changed = sorted(
            name for name in {*plan.inputs, *case.inputs} if plan.inputs.get(name) != case.inputs.get(name)
        )
        findings.append(
            Finding(
                "R5",
                Verdict.DENY,
                f"documents changed since the plan was made: {', '.join(changed)}",
                "plan, inputs",
                PLAN_AGAIN,
            )
        )
    if bool(plan.sample) is not case.company.sample:
        reason = "the plan does not say whether it rests on a sample company"
        findings.append(Finding("R5", Verdict.DENY, reason, "plan, sample", PLAN_AGAIN))
    if not plan.created <= case.now < plan.expires or case.now - plan.created >= LONGEST_PLAN:
        findings.append(
            Finding(
                "R5",
                Verdict.DENY,
                f"the plan is good from {plan.created} to {plan.expires}, and for a day at most",
                "plan, expires",
                PLAN_AGAIN,
            )
        )
    return tuple(findings)
