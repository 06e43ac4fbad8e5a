"""The pipelines that `ci init` writes: by the CI systems' own schemas, and that what they call exists."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from koor_provision.cli.main import main
from koor_provision.errors import InputError
from koor_provision.pipelines.pipelines import PLACES, Settings, pipeline

SCHEMAS = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}
OWN = Settings("koor-provision[test]==0.1.0", "main", own_roles=True)
SHIPPED = Settings("./koor_provision-0.1.0-py3-none-any.whl[test]", "release/1.x", own_roles=False)


@pytest.mark.parametrize("system", PLACES)
def test_pipelines_are_valid_by_the_published_schema(system, tmp_path):
    for name, settings in (("own.yml", OWN), ("shipped.yml", SHIPPED)):
        (tmp_path / name).write_text(pipeline(system, settings), encoding="utf-8")
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[system], *tmp_path.glob("*.yml")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("settings", [OWN, SHIPPED], ids=["own-roles", "shipped-roles"])
@pytest.mark.parametrize("system", PLACES)
def test_nothing_is_left_to_fill_in(system, settings):
    assert "@" not in re.sub(r"actions/[\w-]+@[0-9a-f]{40}", "", pipeline(system, settings))


@pytest.mark.parametrize("settings", [OWN, SHIPPED], ids=["own-roles", "shipped-roles"])
@pytest.mark.parametrize("system", PLACES)
def test_every_command_that_it_calls_is_there_with_its_options(system, settings):
    calls = re.findall(r"koor-provision ((?:roles|check|trust|software) [^\n]*)", pipeline(system, settings))
    assert len(calls) >= 4
    for call in calls:
        words = call.replace("$KOOR_ROLES", "lint").split()
        command: click.Command = main
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0).strip('"'))  # type: ignore[assignment]
            assert command, call
        known = {option for one in command.params for option in one.opts}
        assert {word.split("=")[0] for word in words if word.startswith("--")} <= known, call


def test_actions_are_pinned_by_commit():
    uses = re.findall(r"uses: (\S+)", pipeline("github", OWN))

    assert uses
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", one) for one in uses)


def test_roles_of_ones_own_are_tested_as_they_change_and_shipped_ones_are_linted():
    own, shipped = (yaml.safe_load(pipeline("github", one))["env"]["KOOR_ROLES"] for one in (OWN, SHIPPED))

    assert own == "test . --changed-since origin/main --without stack --junit roles.xml"
    assert shipped == "lint"


@pytest.mark.parametrize(
    "settings",
    [Settings('x"\n  run: rm', "main", own_roles=False), Settings("x", "main]\n", own_roles=False)],
)
def test_what_would_not_stand_in_it_as_it_is_is_refused(settings):
    with pytest.raises(InputError):
        pipeline("github", settings)


@pytest.mark.parametrize(("system", "place"), PLACES.items())
def test_init_writes_where_the_system_looks_and_never_over_a_file(koor, tmp_path, system, place):
    assert koor("ci", "init", system, tmp_path).code == 0
    written = (Path(tmp_path) / place).read_bytes()

    assert koor("ci", "init", system, tmp_path, "--branch", "other").code == 2
    assert (Path(tmp_path) / place).read_bytes() == written
