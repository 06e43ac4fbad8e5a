"""`koor-provision roles lint`: exit codes, formats, and what it says to people."""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from koor_provision.errors import Exit, InputError

DATA = Path(__file__).parents[2] / "data" / "rolelint"
SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "sarif.json").read_text(encoding="utf-8"))
BAD = "- name: Trust\n  ansible.builtin.apt:\n    name: [shop-server, nmap]\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(DATA / "shop", tmp_path / "roles" / "shop")
    return tmp_path


@pytest.fixture
def bad(root: Path) -> Path:
    (root / "roles" / "shop" / "tasks" / "main.yml").write_text(BAD, encoding="utf-8")
    return root


def test_what_travels_with_the_program_is_clean(koor):
    answer = koor("roles", "lint")

    assert (answer.code, answer.out) == (Exit.DONE, "roles and playbooks stay inside their contracts\n")


def test_warnings_do_not_refuse(koor, root):
    answer = koor("roles", "lint", root)

    assert answer.code == Exit.DONE
    assert "warning [unused] 'shop-server' under `packages`" in answer.out


def test_a_task_outside_is_refused_with_its_place_and_what_to_do(koor, bad):
    answer = koor("roles", "lint", bad, "--role", "shop")

    assert answer.code == Exit.REFUSED
    assert (
        "roles/shop/tasks/main.yml:3: refused [scope] ansible.builtin.apt: the package 'nmap' is not in the contract "
        "on debian12\n  to do: leave it out, or have it approved and add it to `packages` in meta/scope.yml\n"
    ) in answer.out
    assert answer.out.endswith("2 outside of the contracts\n")


def test_a_name_cannot_steer_the_terminal(koor, bad):
    (bad / "roles" / "shop" / "tasks" / "main.yml").write_text(BAD.replace("nmap", r'"\e[2Jnmap"'), encoding="utf-8")

    assert "\\u001b[2Jnmap" in koor("roles", "lint", bad).out


def test_for_programs(koor, bad):
    answer = koor("roles", "lint", bad, "--format", "json")

    found = json.loads(answer.out)
    assert answer.code == Exit.REFUSED
    assert found["clean"] is False
    assert found["faults"][0] == {
        "file": "roles/shop/tasks/main.yml",
        "line": 3,
        "rule": "scope",
        "what": "ansible.builtin.apt: the package 'nmap' is not in the contract on debian12",
        "remedy": "leave it out, or have it approved and add it to `packages` in meta/scope.yml",
        "warning": False,
    }
    assert json.loads(koor("roles", "lint", "--format", "json").out) == {"clean": True, "faults": []}


def test_for_code_hosts(koor, bad):
    log = json.loads(koor("roles", "lint", bad, "--format", "sarif").out)

    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    first = run["results"][0]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "scope"
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "roles/shop/tasks/main.yml"},
        "region": {"startLine": 3},
    }


def test_what_cannot_be_read_is_bad_input(koor, root, monkeypatch):
    monkeypatch.delenv("KOOR_PROVISION_DEBUG")
    (root / "roles" / "shop" / "tasks" / "main.yml").write_text("- name: [", encoding="utf-8")

    broken = koor("roles", "lint", root)
    missing, unknown = koor("roles", "lint", root / "x"), koor("roles", "lint", "--role", "y")

    assert {broken.code, missing.code, unknown.code} == {InputError.exit_code}
    assert "roles/shop/tasks/main.yml, line 2" in broken.err
    assert "sample" not in broken.err
    assert "no such folder" in missing.err
    assert "there are: apache, application, keep, mariadb" in unknown.err
