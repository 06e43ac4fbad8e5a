"""The tables say what there is: every module of ours with every argument, and what our lookup really lays."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.collections.conftest import find_shared

from koor_provision.load.resources import collections
from koor_provision.rolelint.commands import is_known
from koor_provision.rolelint.modules import Kind, Module, find, table
from koor_provision.rolelint.variables import look_up

PLUGINS = collections() / "ansible_collections/koor/provision/plugins"
OURS = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))
PATHS = {"path", "tree", "folder", "setting"}


def documented(name: str) -> dict[str, Any]:
    source = (PLUGINS / "modules" / f"{name}.py").read_text(encoding="utf-8")
    options: dict[str, Any] = yaml.safe_load(source.split('DOCUMENTATION = r"""')[1].split('"""')[0])["options"]
    return options


def kinds(module: Module, argument: str) -> set[str]:
    form = module.arguments.get(argument, (Kind("any", ""),))
    return {one.name for one in form} if isinstance(form, tuple) else {"mapping"}


@pytest.mark.parametrize("name", OURS)
def test_every_argument_of_our_modules_is_judged(name: str) -> None:
    module = table()[f"koor.provision.{name}"]

    assert set(module.arguments) | module.harmless == set(documented(name))
    for argument, form in module.arguments.items():
        if isinstance(form, list):
            assert set(form[0].arguments) | form[0].harmless == set(documented(name)[argument]["suboptions"])


@pytest.mark.parametrize("name", OURS)
def test_no_argument_that_is_a_path_passes_for_harmless_and_defaults_are_the_modules_own(name: str) -> None:
    module, options = table()[f"koor.provision.{name}"], documented(name)
    # What apt reads beside its configuration is no change; our planner writes it.
    paths = {one for one, option in options.items() if option["type"] == "path"} - {"apt_config"}

    assert all(kinds(module, one) & PATHS for one in paths)
    assert {one for one in paths if "default" in options[one]} <= set(module.defaults)
    assert module.defaults == {one: options[one]["default"] for one in module.defaults}


def test_every_refusal_says_what_instead() -> None:
    reasons = [module.refused for module in table().values() if module.refused]
    reasons += [
        kind.pattern
        for module in table().values()
        for form in module.arguments.values()
        if isinstance(form, tuple)
        for kind in form
        if kind.name == "refused"
    ]

    assert len(reasons) > 20
    assert all("; " in reason for reason in reasons)


def test_short_names_are_ansibles_own() -> None:
    assert find("copy") is find("ansible.legacy.copy") is find("ansible.builtin.copy") is not None
    assert find("ini_file") is None


@pytest.mark.parametrize("engine", ["mariadb", "postgresql", "sqlite"])
def test_the_lint_knows_what_the_backup_lookup_lays(engine: str) -> None:
    find_shared()
    lookup = importlib.import_module("ansible_collections.koor.provision.plugins.lookup.backup_files")
    laid = lookup.files(engine, ["shop"], 3, "02:30")
    ((*expected,),) = look_up(None, "koor.provision.backup_files", [engine])  # type: ignore[arg-type]  # reads no role

    assert {entry["path"] for entry in laid} == {entry["path"] for entry in expected}


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("apache2ctl configtest", True),
        ("apache2ctl configtest -k stop", False),
        ("nginx -t -q", True),
        ("nginx -q", False),
        ("nginx", False),
        ("php-fpm8.2 --test", True),
        ("systemctl is-active shop.service", True),
        ("systemctl stop shop.service", False),
        ("systemctl is-active ../x", False),
        ("sh -c nginx -t", False),
        ("", False),
    ],
)
def test_known_commands_are_known_as_a_whole(command: str, known: bool) -> None:
    assert is_known(command.split()) is known


def test_the_tables_lie_in_the_package() -> None:
    folder = Path(find.__code__.co_filename).parent

    assert {path.name for path in folder.glob("*.yml")} == {"modules.yml", "commands.yml"}
