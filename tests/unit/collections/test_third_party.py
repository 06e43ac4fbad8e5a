"""A new software needs data and no code: what that data is, and that it is whole."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from koor_provision.models.components import ROLE_OF
from koor_provision.models.scope import Scope

ROOT = Path(__file__).parents[3]
ROLE = ROOT / "roles" / "third_party"
NAMES = sorted(path.stem for path in (ROLE / "meta" / "software").glob("*.yml"))


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def contract(name: str) -> Scope:
    return Scope.model_validate(read(ROLE / "meta" / "software" / f"{name}.yml"))


def test_every_software_says_how_it_is_seen_to_work():
    assert NAMES
    assert {path.stem for path in (ROLE / "verify" / "software").glob("*.yml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_contract_says_what_is_there_or_why_not(name):
    scope = contract(name)
    assert (scope.component, set(scope.systems)) == (name, {"debian12", "debian13"})
    for system in scope.systems.values():
        assert system.version_package in system.packages if system.packages else system.unavailable


@pytest.mark.parametrize("name", NAMES)
def test_approval_holds_where_the_software_is_there(name):
    entries = read(ROOT / "approved_software.yml")["entries"]
    approved = {system for entry in entries if entry["component"] == name for system in entry["systems"]}
    assert approved == {system for system, here in contract(name).systems.items() if here.packages}


@pytest.mark.parametrize("name", NAMES)
def test_check_begins_with_what_is_given_and_expects_something(name):
    check = read(ROLE / "verify" / "software" / f"{name}.yml")
    assert set(check) == {"given", "steps"}
    assert all((ROLE / "verify" / "given" / file).is_file() for file in check["given"])
    assert all(step.get("prints") or step.get("makes") for step in check["steps"])
    assert any(set(check["given"]) & set(step["run"]) for step in check["steps"])


def test_name_of_a_component_with_options_is_not_taken():
    assert not set(NAMES) & set(ROLE_OF)
