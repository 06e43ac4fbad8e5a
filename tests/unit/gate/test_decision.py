from dataclasses import replace

import pytest

from koor_provision.gate.decision import Admitted, Authorised
from koor_provision.gate.judge import judge


def test_only_the_gate_makes_decisions(world):
    with pytest.raises(TypeError, match="only the gate"):
        Admitted(object(), world.case(), ())
    with pytest.raises(TypeError, match="only the gate"):
        Authorised(None, judge(world.case()), world.proposal(), ())  # type: ignore[arg-type]  # refused before it is looked at


def test_a_decision_is_not_carried_over_to_another_case(world):
    admitted = judge(world.case())
    world.engineer = "engineer-junior"

    with pytest.raises((TypeError, ValueError), match="stamp"):
        replace(admitted, case=world.case())  # type: ignore[call-arg]  # the type checker sees it too
