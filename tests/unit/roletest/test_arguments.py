"""A role's defaults against its own specification."""

import shutil
from pathlib import Path

import pytest

from koor_provision.roletest.arguments import main, problems

ROLES = Path(__file__).parents[3] / "roles"


@pytest.fixture
def redis(tmp_path: Path) -> Path:
    shutil.copytree(ROLES / "redis", tmp_path / "redis")
    return tmp_path / "redis"


def test_our_roles_hold(capsys):
    assert main([str(path.parent.parent) for path in ROLES.glob("*/meta/argument_specs.yml")]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("defaults/main.yml", "allkeys-lru", "first-out", "redis_eviction"),
        ("defaults/main.yml", "redis_persistent: false", "redis_persistent: [1]", "redis_persistent"),
        ("defaults/main.yml", "redis_persistent:", "redis_lasting:", "redis_lasting has a default and stands in no"),
        ("defaults/main.yml", "---", "---\n- a list:", "cannot be read"),
        (
            "meta/argument_specs.yml",
            "description: What goes when the memory is full.",
            "",
            "redis_eviction is not desc",
        ),
        ("meta/argument_specs.yml", "default: false", "default: true", "the default is False, the specification says"),
    ],
)
def test_what_does_not_agree_is_told(redis, file, old, new, problem):
    text = (redis / file).read_text(encoding="utf-8")
    assert old in text
    (redis / file).write_text(text.replace(old, new), encoding="utf-8")

    assert any(problem in one for one in problems(redis))
