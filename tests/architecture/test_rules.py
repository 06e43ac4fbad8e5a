"""Each rule stands in a file of its own that bears its id, says what it demands, and is in the registry."""

import ast
import re
from pathlib import Path

import pytest

from koor_provision.rules import registry

RULES = Path(registry.__file__).parent
HELPERS = {
    "__init__", "additions", "agreement_chain", "approvals", "common", "ctos", "extensions", "four_eyes", "origins",
    "papers", "registry", "remembered", "removal", "undoing", "validation",
}  # fmt: skip
FILES = sorted(file for file in RULES.glob("*.py") if file.stem not in HELPERS)
GATE_NOW = {"R1", "R2", "R3", "R4a", "R4b", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_rule_file(file: Path) -> None:
    match = re.fullmatch(r"r(\d\d)([ab]?)_[a-z_]+", file.stem)
    assert match
    identity = f"R{int(match[1])}{match[2]}"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    values = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in {"RULE", "TITLE"}
    }
    functions = {
        node.name: [one.arg for one in node.args.args] for node in tree.body if isinstance(node, ast.FunctionDef)
    }

    assert (ast.get_docstring(tree) or "").startswith(f"{identity}: ")
    assert values["RULE"] == identity
    assert values["TITLE"]
    assert functions["check"] == ["case"]
    assert functions.get("check_plan", ["case", "proposal"]) == ["case", "proposal"]


def test_the_registry_holds_every_rule_once_in_the_policys_order() -> None:
    names = [rule.__name__.rsplit(".", 1)[1] for rule in registry.RULES]

    assert names == [file.stem for file in FILES]
    assert {rule.RULE for rule in registry.RULES} >= GATE_NOW
    assert [rule.RULE for rule in registry.PLAN_RULES] == ["R5", "R6", "R7", "R8", "R9", "R10"]
    assert set(registry.TITLES) == {rule.RULE for rule in registry.RULES}
