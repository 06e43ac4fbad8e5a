"""Changing the trees of documents by path, and what tests put beside them."""

import copy
from datetime import date
from typing import Any

import pytest

from koor_provision.load.strict_yaml import parse
from tests.world import DATA, SIGNERS, World

WORDS: Any = parse((DATA / "words.yml").read_bytes(), "words.yml")


NAMES = ("id", "name", "component", "work", "item")


def step(tree: Any, key: str) -> Any:
    """One step down a path."""
    if isinstance(tree, list):
        return next(item for item in tree if key in {item.get(name) for name in NAMES})
    return tree[key]


def change(tree: Any, edits: dict[str, Any]) -> None:
    for verb, paths in edits.items():
        for path in paths:
            *parents, last = path.split("/" if "/" in path else ".")
            place = tree
            for key in parents:
                place = step(place, key)
            if verb == "set" and isinstance(place, list):
                place[place.index(step(place, last))] = paths[path]
            elif verb == "set":
                place[last] = paths[path]
            elif verb == "append":
                place[last] = [*place[last], paths[path]]
            elif verb == "delete" and isinstance(place, list):
                place.remove(step(place, last))
            elif verb == "delete":
                del place[last]
            else:
                pytest.fail(f"no such edit: {verb}")


def described(entry: dict[str, Any]) -> Any:
    """An entry of tests/data/words.yml, changed."""
    tree = copy.deepcopy(WORDS[entry["use"]])
    change(tree, {"set": {path: value for path, value in entry.items() if path != "use"}})
    return {"id": entry["use"], **tree}


def prepare(world: World, content: dict[str, Any]) -> None:
    """Change an order as a rule's case says (see tests/rules/test_cases.py)."""
    world.add(*content.get("with", []))
    if "removal" in content:
        world.ask_for_removal(content["removal"])
    if "undo" in content:
        world.ask_for_undo(content["undo"])
    for name, edits in content.get("edit", {}).items():
        if edits == "missing":
            del world.trees[name]
        else:
            change(world.trees[name], edits)
    for place in ("former", "words", "additions"):
        getattr(world, place).extend(described(entry) for entry in content.get(place, []))
    if content.get("keep_digests") != "true":
        world.link()
    assert set(content.get("signers", {})) <= set(SIGNERS)
    world.signers |= content.get("signers", {})
    world.engineer = content.get("as")
    world.today = date.fromisoformat(content["today"]) if "today" in content else world.today
