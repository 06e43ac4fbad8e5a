"""The receipt of a run: verdicts and digests, and no rule that was broken looks better than it was."""

from tests.world import World

from koor_provision.cli.finish import SignedPlan
from koor_provision.gate.decision import Admitted, Authorised
from koor_provision.gate.judge import authorise, judge


def authorised(world: World) -> Authorised:
    admitted = judge(world.case())
    assert isinstance(admitted, Admitted)
    decision = authorise(admitted, world.proposal(), admitted.case.now)
    assert isinstance(decision, Authorised), decision
    return decision


def test_a_broken_rule_is_broken_in_the_receipt_whatever_its_second_look_said(world: World):
    world.add("exception")
    world.engineer = "engineer-junior"
    world.trees["plan"]["engineer"] = "engineer-junior"
    world.signers["plan"] = ["engineer-junior"]
    decision = authorised(world)
    assert [finding.verdict for finding in decision.findings if finding.rule == "R6"] == ["broken", "pass"]

    receipt = SignedPlan(b"plan", b"").receipt("started", decision)

    assert receipt["rules"]["R6"] == "broken"
    assert receipt["rules"]["R5"] == "pass"
    assert receipt["exception_sha256"] == decision.admitted.case.inputs["exception.yml"]


def test_a_receipt_without_an_exception_names_none(world: World):
    receipt = SignedPlan(b"plan", b"").receipt("started", authorised(world))

    assert "exception_sha256" not in receipt
    assert "broken" not in receipt["rules"].values()
