"""The copy that is tested: servers of one system with names of their own, and digests of what was tested."""

import subprocess
from pathlib import Path

import pytest
import yaml

from koor_provision.load.resources import collections
from koor_provision.roletest import workspace
from koor_provision.roletest.scenarios import scenarios

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("work")
    workspace.lay_out(ROOT, ROOT, collections(), folder)
    return folder


def test_the_copy_has_all_that_the_checkouts_scenarios_read_but_the_tools_versions(work):
    for one in scenarios(ROOT):
        for path in one.reads - {"pyproject.toml", "requirements/"}:
            assert (work / path).exists(), f"{one.name} reads {path}"


def test_a_folder_with_roles_only_is_completed_by_what_travels_with_the_program(tmp_path):
    own = tmp_path / "own"
    (own / "roles" / "mine" / "tasks").mkdir(parents=True)
    workspace.lay_out(own, ROOT, collections(), tmp_path / "work")

    assert {path.name for path in (tmp_path / "work" / "roles").iterdir()} == {"mine", "packages", "removal"}
    for part in ("script/testhost", "molecule/shared/create.yml", "playbooks/verify/koor_verify.py"):
        assert (tmp_path / "work" / part).exists()


def test_scenarios_of_ones_own_share_what_comes_with_the_program(tmp_path):
    (tmp_path / "roles" / "mine" / "tasks").mkdir(parents=True)
    (tmp_path / "molecule" / "mine").mkdir(parents=True)
    platforms = "platforms:\n  - {name: koor-mine-debian13, system: debian13, groups: [targets]}\n"
    (tmp_path / "molecule" / "mine" / "molecule.yml").write_text(platforms, encoding="utf-8")
    (tmp_path / "molecule" / "mine" / "converge.yml").write_text("- hosts: targets\n  roles:\n    - role: mine\n")
    (found,) = scenarios(tmp_path, ROOT)

    assert (found.name, found.systems, sorted(found.roles)) == ("mine", ("debian13",), ["mine"])


@pytest.mark.parametrize("system", ["debian12", "debian13"])
@pytest.mark.parametrize("scenario", ["apache", "stack", "mssql"])
def test_a_scenario_keeps_the_servers_of_one_system_under_names_of_its_own(work, scenario, system, tmp_path):
    workspace.lay_out(ROOT, ROOT, collections(), tmp_path)
    names = workspace.only_on(tmp_path, scenario, system, "a1b2")
    data = yaml.safe_load((tmp_path / "molecule" / scenario / "molecule.yml").read_text(encoding="utf-8"))

    assert names == (f"koor-{scenario}-{system}-a1b2",)
    assert [(one["name"], one["system"]) for one in data["platforms"]] == [(names[0], system)]
    if scenario != "stack":
        assert data["verifier"]["options"]["hosts"] == names[0]


def test_what_is_installed_is_written_down_before_it_is_verified_or_taken_out(tmp_path):
    workspace.lay_out(ROOT, ROOT, collections(), tmp_path)
    workspace.record_packages(tmp_path, "redis", tmp_path / "installed")
    steps = yaml.safe_load((tmp_path / "molecule/redis/molecule.yml").read_text("utf-8"))["scenario"]["test_sequence"]

    assert steps.index("idempotence") + 1 == steps.index("side_effect installed.yml") == steps.index("verify") - 1


def test_a_digest_is_what_sha256sum_says_and_changes_with_names_and_contents(tmp_path):
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "main.yml").write_text("one")
    (tmp_path / "README").write_text("two")
    first = workspace.digest_of(tmp_path)
    by_hand = "find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"
    said = subprocess.run(["sh", "-c", by_hand], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert said.split()[0] == first
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "main.pyc").write_text("left behind")
    assert workspace.digest_of(tmp_path) == first
    (tmp_path / "README").rename(tmp_path / "README.md")
    assert workspace.digest_of(tmp_path) != first
