from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.world import World

from koor_provision.gate import judge as gate
from koor_provision.gate.decision import Admitted, Authorised, Refused
from koor_provision.gate.judge import authorise, judge
from koor_provision.models.finding import Finding, Verdict
from koor_provision.rules import registry


def rule(name: str, *verdicts: Verdict) -> SimpleNamespace:
    findings = tuple(Finding(name, verdict, "why", "where") for verdict in verdicts)
    return SimpleNamespace(RULE=name, check=lambda case: findings, check_plan=lambda case, proposal: findings)


@pytest.fixture
def rules(monkeypatch):
    def use(*some: SimpleNamespace) -> None:
        monkeypatch.setattr(registry, "RULES", some)
        monkeypatch.setattr(registry, "PLAN_RULES", some)

    return use


@pytest.mark.parametrize(
    ("verdicts", "admitted"),
    [
        ([Verdict.PASS], True),
        ([Verdict.PASS, Verdict.NOT_APPLICABLE], True),
        ([Verdict.NOT_APPLICABLE], True),
        ([Verdict.PASS, Verdict.DENY], False),
        ([Verdict.UNKNOWN, Verdict.PASS], False),
        ([], False),
    ],
)
def test_every_rule_must_have_answered_and_none_may_block(world, rules, verdicts, admitted):
    rules(*(rule(f"R{number}", verdict) for number, verdict in enumerate(verdicts)))

    assert isinstance(judge(world.case()), Admitted if admitted else Refused)


def test_a_rule_that_says_nothing_has_proven_nothing(world, rules):
    rules(rule("R1", Verdict.PASS), rule("R2"))

    decision = judge(world.case())

    assert isinstance(decision, Refused)
    assert [(one.rule, one.verdict, one.reason) for one in decision.reasons] == [
        ("R2", Verdict.UNKNOWN, "the rule gave no answer")
    ]


def test_no_rules_admit_nothing(world, rules):
    rules()

    decision = judge(world.case())

    assert isinstance(decision, Refused)
    assert decision.reasons[0].reason == "there is no rule"


def test_all_reasons_are_collected(world):
    world.trees["acceptance"]["binding"] = "false"
    world.engineer = "engineer-junior"

    decision = judge(world.case())

    assert isinstance(decision, Refused)
    assert {finding.rule for finding in decision.reasons} == {"R5", "R6"}
    assert {finding.rule for finding in decision.findings} == {one.RULE for one in registry.RULES}


def test_a_decision_is_frozen(world):
    decision = judge(world.case())

    with pytest.raises(AttributeError):
        decision.findings = ()  # type: ignore[misc]


def answer(world: World, **plan: Any) -> Authorised | Refused:
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted)
    proposal = world.proposal()
    now = plan.pop("now", admitted.case.now)
    inputs = plan.pop("inputs", None)
    update = {name: now + value if isinstance(value, timedelta) else value for name, value in plan.items()}
    if inputs is not None:
        update["inputs"] = {**proposal.plan.inputs, **inputs}
    changed = proposal.__class__(proposal.plan.model_copy(update=update), proposal.facts, proposal.signers)
    return authorise(admitted, changed, now)


@pytest.mark.parametrize(
    ("created", "expires", "good"),
    [
        (0, 1, True),
        (-3600, 1, True),
        (-3600, 0, False),
        (1, 3600, False),
        (-24 * 3600 + 1, 3600, True),
        (-24 * 3600, 3600, False),
        (-3600, 10 * 365 * 24 * 3600, True),
        (-25 * 3600, 10 * 365 * 24 * 3600, False),
    ],
)
def test_a_plan_is_good_for_a_while(world, created, expires, good):
    decided = answer(world, created=timedelta(seconds=created), expires=timedelta(seconds=expires))

    assert isinstance(decided, Authorised if good else Refused)
    if isinstance(decided, Refused):
        assert [finding.where for finding in decided.reasons] == ["plan, expires"]


@pytest.mark.parametrize("inputs", [{"offer.yml": "0" * 64}, {"more.yml": "0" * 64}])
def test_a_plan_is_good_for_the_documents_it_was_made_from(world, inputs):
    decided = answer(world, inputs=inputs)

    assert isinstance(decided, Refused)
    assert decided.reasons[0].reason == f"documents changed since the plan was made: {next(iter(inputs))}"


@pytest.mark.parametrize(
    ("company", "plan", "good"), [(True, "true", True), (True, None, False), (False, "true", False)]
)
def test_a_plan_says_that_it_rests_on_a_sample(world, company, plan, good):
    if plan:
        world.trees["plan"]["sample"] = plan
    case = world.case()
    admitted = judge(replace(case, company=replace(case.company, sample=company)))
    assert isinstance(admitted, Admitted)

    assert isinstance(authorise(admitted, world.proposal(), case.now), Authorised) == good


def test_the_order_is_judged_again_with_the_plan(world):
    """Between the two looks a day may have passed, and with it somebody's last one."""
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted)
    world.trees["staff"]["persons"][3]["left"] = "2027-03-11"
    last_day = judge(world.case())
    assert isinstance(last_day, Admitted)
    proposal = world.proposal()

    later = last_day.case.now + timedelta(days=1)
    plan = proposal.plan.model_copy(update={"created": later, "expires": later + timedelta(hours=8)})
    decided = authorise(last_day, proposal.__class__(plan, proposal.facts, proposal.signers), later)

    assert isinstance(decided, Refused)
    assert {finding.rule for finding in decided.reasons} == {"R6"}


def test_a_plan_rule_that_says_nothing_has_proven_nothing(world, monkeypatch):
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted)
    monkeypatch.setattr(registry, "PLAN_RULES", (*registry.PLAN_RULES, rule("R99")))

    decided = authorise(admitted, world.proposal(), admitted.case.now)

    assert isinstance(decided, Refused)
    assert [finding.rule for finding in decided.reasons] == ["R99"]


def test_what_is_foreseen_lets_nothing_run(world):
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted)
    world.signers["plan"] = []
    proposal = world.proposal()

    foreseen = gate.foresee(admitted, proposal.plan, proposal.facts, admitted.case.now)

    assert isinstance(foreseen, tuple)
    assert isinstance(authorise(admitted, proposal, admitted.case.now), Refused)
