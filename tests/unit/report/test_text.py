from dataclasses import replace

import click

from koor_provision.gate.judge import judge
from koor_provision.models.finding import Finding, Verdict
from koor_provision.report.answer import Answer, Outcome, Problem, answer_of
from koor_provision.report.text import answers
from koor_provision.rules.registry import TITLES


def test_a_refusal_reads_like_advice(world):
    world.trees["acceptance"]["binding"] = "false"
    world.engineer = "somebody"

    text = click.unstyle(answers([answer_of(judge(world.case()), "default-offer", "")], TITLES))

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

    text = click.unstyle(answers([answer_of(judge(replace(case, name="a\x1b[1mb")), "case", "")], TITLES))

    assert text.startswith(r"a\u001b[1mb: refused")


def admitted(name: str, *findings: Finding) -> Answer:
    broken = any(finding.verdict is Verdict.BROKEN for finding in findings)
    outcome: Outcome = "admitted_by_exception" if broken else "admitted"
    return Answer(name, f"cases/{name}", "company", outcome, findings)


PASS = Finding("R1", Verdict.PASS, "all is well", "here")


def test_of_several_only_what_is_wrong_is_told_in_full():
    bad = Answer("bad", "cases/bad", "", "not_judged", problem=Problem("missing", "offer.yml", "write it", 2))

    assert click.unstyle(answers([admitted("a", PASS), admitted("b", PASS), bad, admitted("c", PASS)], TITLES)) == (
        "cases/a: admitted\ncases/b: admitted\n\n"
        "cases/bad: not judged\n\n  offer.yml: missing\n      To do:  write it\n\n"
        "cases/c: admitted\n\n"
        "4 cases: 3 admitted, 0 refused, 1 could not be judged"
    )


def test_one_is_always_told_in_full():
    assert click.unstyle(answers([admitted("a", PASS)], TITLES)) == "a: admitted\n  R1   ok   all is well"


def test_a_warning_or_an_exception_is_never_hidden_in_a_line():
    warning = Finding("R10", Verdict.PASS, "too small", "here", "tell them", warning=True)
    broken = Finding("R6", Verdict.BROKEN, "too young", "here")

    text = click.unstyle(answers([admitted("a", warning), admitted("b", PASS, broken)], TITLES))

    assert "R10  warn too small" in text
    assert "R6   !!   too young" in text
