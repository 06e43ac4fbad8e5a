"""The rule that ansible-lint loads says what the lint says, and never passes what it cannot read."""

import importlib.util
import shutil
from pathlib import Path

import pytest
from ansiblelint.file_utils import Lintable

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "tests" / "data" / "rolelint" / "shop"


@pytest.fixture(scope="module")
def rule():
    spec = importlib.util.spec_from_file_location("koor_scope", ROOT / "script" / "lint_rules" / "koor_scope.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.KoorScopeRule()


def matches(rule, root: Path, tasks: str) -> list[tuple[str, int, str, str]]:
    role = Path(shutil.copytree(SHOP, root / "roles" / "shop"))
    (role / "tasks" / "main.yml").write_text(tasks, encoding="utf-8")
    found = rule.matchdir(Lintable(str(role), kind="role"))
    return [(Path(one.filename).name, one.lineno, str(one.tag), one.message) for one in found]


def test_a_task_outside_is_told_at_its_place(rule, tmp_path):
    found = matches(rule, tmp_path, "- name: Do\n  ansible.builtin.raw: id\n")

    assert [one[:3] for one in found] == [("main.yml", 2, "koor-scope[module]")]


def test_what_cannot_be_read_is_a_match_too(rule, tmp_path):
    ((file, _, tag, message),) = matches(rule, tmp_path, "- name: [")

    assert (file, tag) == ("main.yml", "koor-scope[unresolved]")
    assert "not valid YAML" in message


def test_a_playbook_that_works_by_itself(rule, tmp_path):
    shutil.copytree(SHOP, tmp_path / "roles" / "shop")
    playbook = tmp_path / "playbooks" / "install.yml"
    playbook.parent.mkdir()
    playbook.write_text("- hosts: targets\n  tasks:\n    - ansible.builtin.command: id\n", encoding="utf-8")

    (found,) = rule.matchyaml(Lintable(str(playbook), kind="playbook"))

    assert (found.lineno, found.tag) == (3, "koor-scope[playbook]")


def test_the_projects_own_settings_load_it():
    settings = (ROOT / ".ansible-lint").read_text(encoding="utf-8")

    assert "rulesdir: [script/lint_rules]" in settings
    assert "koor-scope" not in settings
