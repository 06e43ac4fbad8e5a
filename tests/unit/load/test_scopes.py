import shutil
from pathlib import Path

import pytest
from tests.world import DATA

from koor_provision.errors import InputError
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.components import ROLE_OF


def test_every_component_that_can_be_ordered_has_a_contract():
    scopes = load_scopes(share() / "roles")

    assert set(ROLE_OF) <= set(scopes)
    for component in ROLE_OF.keys() - {"application"}:  # which is no package
        assert all(system.version_package in system.packages for system in scopes[component].systems.values())


@pytest.mark.parametrize("component", ROLE_OF)
def test_every_contract_says_what_leaves_with_the_component(component: str):
    """What a role lays and lets grow must be known where it is taken out: nothing else is."""
    scope = load_scopes(share() / "roles")[component]
    leaves = scope.removal

    assert "removal:" in (share() / "roles" / component / "meta" / "scope.yml").read_text(encoding="utf-8")
    for path in (*leaves.files, *leaves.disabled):
        assert any(path == allowed or (allowed.endswith("/") and path.startswith(allowed)) for allowed in scope.paths)
        assert not path.endswith("/") or path.split("/")[-2].startswith("koor-"), "a tree may hold what is not ours"
    ours = {path for path in scope.paths if "koor" in path and not path.endswith("/")}
    assert ours <= {*leaves.files, *leaves.data}
    for system in scope.systems.values():
        assert set(system.rivals) <= set(system.services)
        assert set(leaves.keeps) <= {*system.every_package, *system.services}


def test_a_role_without_contract(tmp_path: Path):
    (tmp_path / "redis").mkdir()

    with pytest.raises(InputError, match=r"roles/redis/meta/scope\.yml: missing"):
        load_scopes(tmp_path)


def test_a_contract_of_another_component(tmp_path: Path):
    shutil.copytree(DATA / "roles" / "php", tmp_path / "redis")

    with pytest.raises(InputError, match="is the contract of 'php'"):
        load_scopes(tmp_path)


def test_a_role_may_know_several_components(tmp_path: Path):
    software = tmp_path / "third_party" / "meta" / "software"
    software.mkdir(parents=True)
    for name in ("one", "two-b"):
        (software / f"{name}.yml").write_text(f"component: {name}\nsummary: x\nsystems: {{debian12: {{}}}}")

    assert set(load_scopes(tmp_path)) == {"one", "two-b"}


@pytest.mark.parametrize("content", ["php", "other"])
def test_a_contract_of_a_component_that_has_one_or_another_name(tmp_path: Path, content: str):
    shutil.copytree(DATA / "roles" / "php", tmp_path / "php")
    software = tmp_path / "third_party" / "meta" / "software"
    software.mkdir(parents=True)
    (software / "php.yml").write_text(f"component: {content}\nsummary: x\nsystems: {{debian12: {{}}}}")

    with pytest.raises(InputError, match=rf"roles/third_party/meta/software/php\.yml: is the contract of '{content}'"):
        load_scopes(tmp_path)


def test_no_roles_at_all(tmp_path: Path):
    with pytest.raises(InputError, match="no such folder"):
        load_scopes(tmp_path / "roles")
