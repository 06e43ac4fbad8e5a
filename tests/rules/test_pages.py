"""The pages of the rules: one for each, and what they show as examples really passes and is really refused."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.world import EXTRAS, MODELS, World

from koor_provision.load.rule_pages import RulePage, rule_pages
from koor_provision.load.strict_yaml import parse
from koor_provision.models.finding import Finding, Verdict
from koor_provision.rules.registry import RULES

FOLDER = Path(__file__).parents[2] / "docs" / "rules"
PAGES = rule_pages(FOLDER)
POLICY = ["R1", "R2", "R3", "R4a", "R4b", *(f"R{number}" for number in range(5, 17))]
JUDGED = {rule.RULE: rule for rule in RULES}
NAMES = {file: name for name, (file, _) in (MODELS | EXTRAS).items()} | {"facts": "facts"}
EXAMPLE = re.compile(r"`([\w./]+)`\)?(?:, signed by ([^:]+))?:\n\n```yaml\n(.*?)```", re.DOTALL)


def section(page: RulePage, heading: str) -> str:
    match = re.search(rf"^## {heading}\n\n(.*?)(?=^## |\Z)", page.text, re.DOTALL | re.MULTILINE)
    assert match, f"{page.rule} has no section '{heading}'"
    return match[1]


def enter(world: World, example: str) -> None:
    """Enter what an example shows of documents into the sample's order, whoever signs them."""
    shown = EXAMPLE.findall(example)
    assert shown
    assert example.count("```yaml") == len(shown)
    for file, signers, text in shown:
        name = NAMES[file]
        content: Any = parse(text.encode(), file)
        if name in EXTRAS:
            world.add(name)
        world.trees[name] |= content
        if signers:
            world.signers[name] = re.findall(r"`([a-z-]+)`", signers)
    world.link()


def findings(world: World, page: RulePage) -> list[Finding]:
    rule = JUDGED[page.rule]
    on_plan = rule.check_plan(world.case(), world.proposal()) if page.rule == "R10" else ()
    return [*rule.check(world.case()), *on_plan]


def test_every_rule_of_the_policy_has_a_page_in_its_order():
    assert [page.rule for page in PAGES] == POLICY
    assert set(JUDGED) <= set(POLICY)


@pytest.mark.parametrize("page", [page for page in PAGES if page.rule in JUDGED], ids=lambda page: page.rule)
def test_a_page_of_a_rule_that_the_gate_judges(page: RulePage, world: World):
    assert page.title == JUDGED[page.rule].TITLE
    for heading in ("Where it comes from", "Documents that prove it", "How to satisfy it"):
        assert section(page, heading).strip()

    good = world.copy()
    enter(good, section(page, "An example that passes"))
    passing = findings(good, page)
    assert Verdict.PASS in {finding.verdict for finding in passing}
    assert not [finding for finding in passing if finding.verdict.blocks or finding.warning]

    if page.rule == "R10":  # never refuses
        enter(world, section(page, "An example that warns"))
        assert [finding for finding in findings(world, page) if finding.warning]
    else:
        enter(world, section(page, "An example that is refused"))
        assert [finding for finding in findings(world, page) if finding.verdict is Verdict.DENY]


@pytest.mark.parametrize("page", [page for page in PAGES if page.rule not in JUDGED], ids=lambda page: page.rule)
def test_a_page_of_a_rule_that_no_gate_judges_says_what_is_done(page: RulePage):
    assert section(page, "Where it comes from").strip()
    assert len(section(page, "What is done about it")) > 100


def test_the_index_names_every_page():
    index = (FOLDER / "README.md").read_text(encoding="utf-8")

    rows = re.findall(r"^\| \[(R\d+[ab]?)\]\((r\d\d[ab]?\.md)\) \| (.+?) \|", index, re.MULTILINE)
    assert [(rule, title) for rule, _, title in rows] == [(page.rule, page.title) for page in PAGES]
    assert [file for _, file, _ in rows] == [file.name for file in sorted(FOLDER.glob("r*.md"))]


def test_no_command_in_a_page_is_unknown():
    from koor_provision.cli.main import COMMANDS  # noqa: PLC0415  # only the names

    for page in PAGES:
        for name in re.findall(r"`koor-provision ([a-z-]+)", page.text):
            assert name in COMMANDS, f"{page.rule} names the command {name}"
