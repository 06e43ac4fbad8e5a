"""Deciding about an image. It is built for no customer, so no order, estimate or signature of one can be asked for.

What remains of the policy is that it holds nothing but approved software in approved versions (R8, R9), by the
company's own signed list and by the very rules that judge orders. R11 is not judged but tested:
nothing secret is in it.
"""

from dataclasses import replace
from datetime import datetime

from koor_provision.gate.decision import _GATE, AdmittedImage, AuthorisedImage, RefusedImage
from koor_provision.models.case import ImageCase, ImageProposal
from koor_provision.models.finding import Finding, Verdict
from koor_provision.rules import r08_scope, r09_approved_versions
from koor_provision.rules.common import Judge

RULES = (r08_scope, r09_approved_versions)


def judge_image(case: ImageCase) -> AdmittedImage | RefusedImage:
    """The first look: may an image of this be planned?"""
    findings = _heard(case)
    return RefusedImage(case, findings) if _blocked(findings) else AdmittedImage(_GATE, case, findings)


def authorise_image(admitted: AdmittedImage, proposal: ImageProposal, now: datetime) -> AuthorisedImage | RefusedImage:
    """The second look: are these exact versions approved, and is nothing else in the plan?"""
    case = replace(admitted.case, now=now)
    findings = _heard(case)
    for rule in RULES:
        findings += rule.check_plan(case, proposal)
    findings += _holds(case, proposal)
    return RefusedImage(case, findings) if _blocked(findings) else AuthorisedImage(_GATE, admitted, proposal, findings)


def _heard(case: ImageCase) -> tuple[Finding, ...]:
    return tuple(finding for rule in RULES for finding in rule.check(case))


def _blocked(findings: tuple[Finding, ...]) -> bool:
    silent = {str(rule.RULE) for rule in RULES} - {finding.rule for finding in findings}
    return bool(silent) or any(finding.verdict.blocks for finding in findings)


def _holds(case: ImageCase, proposal: ImageProposal) -> tuple[Finding, ...]:
    """The plan is for the documents that were judged, and says whose company that is."""
    judge, plan = Judge("R9"), proposal.plan
    again = "build again"
    if dict(plan.inputs) != dict(case.inputs):
        judge.deny("documents changed since the plan was made", "plan, inputs", again)
    if bool(plan.sample) is not case.company.sample:
        judge.deny("the plan does not say whether it rests on a sample company", "plan, sample", again)
    return tuple(finding for finding in judge.denials if finding.verdict is Verdict.DENY)
