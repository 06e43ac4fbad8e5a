"""Every rule against its cases: `cases/RULE/NAME.yml` says what is changed in the sample's order, and what comes out.

    description: why this case is here
    edit:                     by document (see tests/world.py; also facts and plan), each of:
      offer: {set: {estimate.hours: "0"}, delete: [goals], append: {components: {component: redis}}}
    words: [{use: mail-of-acceptance, said: 2027-03-11}]     the customer's mails and papers, additions and former
                              agreements: from tests/data/words.yml, with what is said otherwise; likewise `additions`
                              and `former`
    signers: {offer: [engineer-junior]}     who signed instead of the sample's signers
    with: [exception]                       documents of tests/data that a case need not have, added before the edits
    keep_digests: true                      digests stay as they were before the edits
    removal: {component: memcached}         somebody asks to take that out: facts and plan of tests/data/removal
    undo: {run: 00112233aabbccdd}           somebody asks to undo that run: facts and plan of tests/data/undo; its own
                                            plan can be edited as `former`
    as: engineer-junior                     who does it
    today: 2027-04-09                       instead of 2027-03-10, the day on which everything in the sample happened
    stage: plan                             the rule's second look instead of the first
    expect: deny                            or pass, unknown, not_applicable, warning
    broken: [R6]                            rules that an exception broke (exceptions only)
    reason: never ordered                   a part of the finding's reason
    without: has no database                what no finding says

In a path, an element of a list goes by its id, name, component, work or item. Steps are parted by dots; by slashes
where a name holds a dot.
"""

from pathlib import Path
from typing import Any

import pytest
from tests.edits import prepare
from tests.world import World

from koor_provision.gate.decision import Admitted, Authorised, Refused
from koor_provision.gate.judge import authorise, judge
from koor_provision.load.strict_yaml import parse
from koor_provision.models.finding import Finding, Verdict
from koor_provision.rules.registry import PLAN_RULES, RULES

CASES = sorted((Path(__file__).parent / "cases").glob("*/*.yml"))
FOLDERS = {rule.RULE: rule.RULE.replace("R", "R0") if len(rule.RULE.rstrip("ab")) == 2 else rule.RULE for rule in RULES}
FIELDS = {
    "description",
    "edit",
    "words",
    "additions",
    "former",
    "signers",
    "keep_digests",
    "removal",
    "undo",
    "as",
    "today",
    "stage",
    "expect",
    "reason",
    "without",
    "with",
    "broken",
}


def findings(world: World, rule: str, stage: str) -> tuple[Finding, ...]:
    module = next(one for one in RULES if rule == one.RULE)
    if stage == "plan":
        return tuple(module.check_plan(world.case(), world.proposal()))
    return tuple(module.check(world.case()))


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_rule(file: Path, world: World) -> None:
    content: Any = parse(file.read_bytes(), file.name)
    assert content.keys() <= FIELDS
    prepare(world, content)
    rule = next(rule for rule, folder in FOLDERS.items() if folder == file.parent.name)

    found = findings(world, rule, content.get("stage", "order"))

    assert {finding.rule for finding in found} == {rule}
    assert not [one for one in found if content.get("without", "\0") in one.reason]
    expected = content["expect"]
    if expected in {"deny", "unknown"}:
        matching = [one for one in found if one.verdict == expected and content["reason"] in one.reason]
        assert matching, found
        assert all(one.remedy and one.where for one in found)
        assert all(one.verdict.blocks for one in found)
    else:
        (only,) = found
        assert only.verdict == (Verdict.PASS if expected == "warning" else expected), only
        assert only.warning is (expected == "warning")
        assert content["reason"] in only.reason


@pytest.mark.parametrize("rule", [rule.RULE for rule in RULES])
def test_every_rule_has_good_and_bad_cases(rule: str) -> None:
    verdicts = [parse(file.read_bytes(), file.name)["expect"] for file in CASES if file.parent.name == FOLDERS[rule]]  # type: ignore[index, call-overload]  # strict YAML of a mapping

    assert len(verdicts) >= 6
    assert {"pass", "warning", "not_applicable"} & set(verdicts)
    assert rule == "R10" or {"deny", "unknown"} & set(verdicts)


def test_the_sample_is_admitted_and_its_plan_authorised(world: World) -> None:
    admitted = judge(world.case())

    assert isinstance(admitted, Admitted), admitted
    assert {finding.rule for finding in admitted.findings} == {rule.RULE for rule in RULES}
    authorised = authorise(admitted, world.proposal(), admitted.case.now)
    assert isinstance(authorised, Authorised), authorised
    assert len(authorised.findings) == len(RULES) + len(PLAN_RULES)


@pytest.mark.parametrize("file", [file for file in CASES if "expect: deny" in file.read_text(encoding="utf-8")],
                         ids=lambda file: f"{file.parent.name}/{file.stem}")  # fmt: skip
def test_the_gate_refuses_what_a_rule_denies(file: Path, world: World) -> None:
    content: Any = parse(file.read_bytes(), file.name)
    prepare(world, content)
    case = world.case()

    decision = judge(case)
    if content.get("stage") == "plan" and isinstance(decision, Admitted):
        decision_on_plan = authorise(decision, world.proposal(), case.now)
        assert isinstance(decision_on_plan, Refused)
    else:
        assert isinstance(decision, Refused)
