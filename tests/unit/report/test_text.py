import click

from koor_provision.gate.judge import judge
from koor_provision.report.text import decision
from koor_provision.rules.registry import TITLES


def test_a_refusal_reads_like_advice(world):
    world.trees["acceptance"]["binding"] = "false"
    world.engineer = "somebody"

    text = click.unstyle(decision(judge(world.case()), TITLES, name="default-offer"))

    assert text.startswith("default-offer: refused\n\n  R5  The customer ordered exactly this, in writing")
    assert (
        "R6  The engineer is entitled today: not proven.\n      Why:    somebody is not in the staff register" in text
    )
    assert "      To do:  ask the customer for a binding acceptance" in text
    assert "  R5   NO   the acceptance is not binding" in text
    assert "  R6   ??   somebody is not" in text
    assert "  R7   n/a  " in text


def test_letters_that_steer_a_terminal_are_spelled_out(world):
    world.trees["targets"]["order"] = "A-1"
    case = world.case()

    text = click.unstyle(decision(judge(case), TITLES, name="a\x1b[1mb"))

    assert text.startswith(r"a\u001b[1mb: refused")
