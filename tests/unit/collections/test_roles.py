"""What a role says about itself is true in all the places where it says it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
ROLES = sorted(path.parent.parent.name for path in (ROOT / "roles").glob("*/meta/scope.yml"))


def read(role: str, path: str) -> Any:
    return yaml.safe_load((ROOT / "roles" / role / path).read_text(encoding="utf-8"))


def test_readmes_are_up_to_date():
    subprocess.run([sys.executable, ROOT / "script" / "role-readme", "--check"], check=True)


@pytest.mark.parametrize("role", ROLES)
def test_defaults_and_specification_name_the_same_variables(role):
    specified = read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert set(specified) == set(read(role, "defaults/main.yml"))
    assert all(name.startswith(f"{role}_") for name in specified)


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_the_specified_ones(role):
    defaults = read(role, "defaults/main.yml")
    specified = read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert {name: option["default"] for name, option in specified.items() if "default" in option} == {
        name: defaults[name] for name, option in specified.items() if "default" in option
    }


@pytest.mark.parametrize("role", ROLES)
def test_scope_names_the_role_and_both_systems(role):
    scope = read(role, "meta/scope.yml")
    assert scope["component"] == role
    assert set(scope["systems"]) == {"debian12", "debian13"}


@pytest.mark.parametrize("role", ROLES)
def test_what_can_be_ordered_on_one_system_is_named_on_the_other_too(role):
    systems = read(role, "meta/scope.yml")["systems"].values()
    for option in {option for here in systems for option in here.get("choices", {})}:
        values = {value for here in systems for value in here["choices"][option]}
        for here in systems:
            missing = {f"{role}-{value}" for value in values - set(here["choices"][option])}
            assert missing <= set(here.get("unavailable", {})), option


def test_extensions_that_are_approved_are_those_that_php_has_and_a_scenario_tests():
    entries = yaml.safe_load((ROOT / "approved_software.yml").read_text(encoding="utf-8"))["entries"]
    approved = {name for entry in entries if entry["component"] == "php" for name in entry["extensions"]}
    systems = read("php", "meta/scope.yml")["systems"].values()
    tested = yaml.safe_load((ROOT / "molecule/php/order.json").read_text(encoding="utf-8"))["options"]["php"]
    assert approved == {name for here in systems for name in here["choices"]["extensions"]}
    assert approved == {*tested["php_extensions"], "imap"}  # which Debian 13 does not have, and 12 always brings


@pytest.mark.parametrize("role", ROLES)
def test_task_files_stay_short(role):
    for path in (ROOT / "roles" / role / "tasks").glob("*.yml"):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 80, path
