"""Exceptions (break-glass) against their cases: `exceptions/NAME.yml`, written like the rules' cases (see test_cases).

expect: broken       admitted by exception, the rules in `broken` broken; `refused`, with this `reason`; `admitted`
broken: [R6]
reason: has expired
"""

from pathlib import Path
from typing import Any

import pytest
from tests.edits import prepare
from tests.world import World

from koor_provision.gate.decision import Admitted, Authorised, Refused
from koor_provision.gate.judge import authorise, judge
from koor_provision.load.strict_yaml import parse
from koor_provision.models.finding import Verdict, broken_rules

CASES = sorted((Path(__file__).parent / "exceptions").glob("*.yml"))


def decide(world: World, stage: str) -> Admitted | Authorised | Refused:
    decision = judge(world.case())
    if stage == "plan" and isinstance(decision, Admitted):
        return authorise(decision, world.proposal(), decision.case.now)
    return decision


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_exception(file: Path, world: World) -> None:
    content: Any = parse(file.read_bytes(), file.name)
    prepare(world, content)

    decision = decide(world, content.get("stage", "order"))

    if content["expect"] == "refused":
        assert isinstance(decision, Refused), decision
        matching = [finding for finding in decision.reasons if content["reason"] in finding.reason]
        assert matching, decision.reasons
        assert all(finding.remedy and finding.where for finding in decision.reasons)
    else:
        assert not isinstance(decision, Refused), decision.reasons
        assert list(broken_rules(decision.findings)) == content.get("broken", [])
        for finding in decision.findings:
            assert (finding.verdict is Verdict.BROKEN) == finding.reason.startswith("BROKEN BY EXCEPTION")
            assert finding.verdict is not Verdict.BROKEN or finding.warning
        assert content["reason"] in " ".join(finding.reason for finding in decision.findings)


@pytest.mark.parametrize("file", [file for file in CASES if "expect: broken" in file.read_text(encoding="utf-8")],
                         ids=lambda file: file.stem)  # fmt: skip
def test_without_the_exception_it_is_refused(file: Path, world: World) -> None:
    content: Any = parse(file.read_bytes(), file.name)
    prepare(world, content)
    del world.trees["exception"]

    assert isinstance(decide(world, content.get("stage", "order")), Refused)


def test_there_are_good_and_bad_ones() -> None:
    expected = [parse(file.read_bytes(), file.name)["expect"] for file in CASES]  # type: ignore[index, call-overload]  # strict YAML of a mapping

    assert {"broken", "refused", "admitted"} == set(expected)
