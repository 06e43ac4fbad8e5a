"""Only these names reach a playbook, and every string is data."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from pydantic import TypeAdapter, ValidationError

from koor_provision.load.resources import share
from koor_provision.models.components import ROLE_OF, Component
from koor_provision.provision.variables import role_variables, unsafe

TEMPLATE = "{{ lookup('pipe', 'touch OWNED') }}"


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def test_every_string_is_marked() -> None:
    marked = unsafe({"a": "x", "b": ["y", {"c": "z"}], "d": 1, "e": True})
    assert marked == {
        "a": {"__ansible_unsafe": "x"},
        "b": [{"__ansible_unsafe": "y"}, {"c": {"__ansible_unsafe": "z"}}],
        "d": 1,
        "e": True,
    }


NEEDED: dict[str, dict[str, Any]] = {
    "sqlsrv": {"server_host": "db.example", "server_system": "ubuntu"},
    "application": {"version": "2026.1", "sha256": "a" * 64},
}


def component(name: str, **options: Any) -> Component:
    options = NEEDED.get(name, {}) | options
    return TypeAdapter[Component](Component).validate_python({"component": name, **options})


def fully_ordered(name: str) -> list[Component]:
    """The component with each of its options ordered otherwise than by default."""
    other: dict[str, list[dict[str, Any]]] = {
        "php": [{"handler": "mod_php", "memory_limit": "1G", "upload_max": "1G", "timezone": "Europe/Berlin"}],
        "redis": [{"memory_mb": 128, "eviction": "noeviction", "persistent": True}],
        "memcached": [{"memory_mb": 128}],
        "sqlsrv": [{"server_host": "sql.customer.example", "port": 14330, "database": "shop"}],
        "application": [
            {
                "organisation": "Example Works",
                "units": ["North"],
                "departments": [{"name": "Sales", "unit": "North"}],
                "positions": [{"name": "Clerk", "department": "Sales"}, {"name": "Guest"}],
                "groups": ["Accounting"],
            }
        ],
        **{web: [{"server_name": "www.customer.example"}] for web in ("apache", "nginx")},
        **{database: [{"database": "shop"}] for database in ("mariadb", "postgresql", "sqlite")},
    }
    return [component(name, **options) for options in other.get(name, [])]


@pytest.mark.parametrize("name", ROLE_OF)
def test_names_are_those_of_the_roles_arguments(name: str) -> None:
    specs = share() / "roles" / name / "meta" / "argument_specs.yml"
    known = yaml.safe_load(specs.read_text())["argument_specs"]["main"]["options"]
    assert set(role_variables(component(name))) <= set(known)


def test_the_application_is_installed_into_the_orders_own_site_and_database() -> None:
    parts = (component("nginx", server_name="app.example"), component("mariadb", database="shop"))
    ours = component("application")
    found = role_variables(ours, (*parts, ours))
    assert found["application_server_name"] == "app.example"
    assert found["application_web_server"] == "nginx"
    assert found["application_database"] == "shop"
    assert found["application_accounts"] == role_variables(parts[1], (*parts, ours))["mariadb_accounts"]
    assert role_variables(parts[0], (*parts, ours))["nginx_sites"][0]["rules"] == "application"


def test_what_the_order_has_entered_in_the_application_reaches_its_role_by_name() -> None:
    ours = component("application", departments=[{"name": "Sales"}], groups=["Accounting"])
    found = role_variables(ours, (ours,))
    assert found["application_departments"] == [{"name": "Sales"}]
    assert (found["application_units"], found["application_positions"]) == ([], [])
    assert found["application_groups"] == ["Accounting"]


def test_an_order_without_the_application_gives_nobody_more_rights() -> None:
    accounts = role_variables(component("mariadb"))["mariadb_accounts"]
    assert not any("tables" in account for account in accounts)
    assert "SELECT" not in accounts[0]["privileges"]


def test_the_roles_own_accounts_are_those_of_an_order() -> None:
    defaults = yaml.safe_load((share() / "roles" / "application" / "defaults" / "main.yml").read_text())
    assert defaults["application_accounts"] == role_variables(component("application"))["application_accounts"]


def test_further_software_has_no_variables() -> None:
    assert role_variables(component("tesseract")) == {}


@pytest.mark.parametrize("name", ROLE_OF)
def test_values_are_of_the_kind_that_the_role_specifies(name: str) -> None:
    """The playbook of a plan leaves Ansible's own check of role arguments out, since it is made here."""
    specs = share() / "roles" / name / "meta" / "argument_specs.yml"
    known = yaml.safe_load(specs.read_text())["argument_specs"]["main"]["options"]
    for one in (component(name), *fully_ordered(name)):
        assert not ArgumentSpecValidator(known).validate(role_variables(one)).error_messages


def test_values_of_another_kind_would_be_found() -> None:
    specs = share() / "roles" / "php" / "meta" / "argument_specs.yml"
    known = yaml.safe_load(specs.read_text())["argument_specs"]["main"]["options"]
    wrong = {**role_variables(component("php")), "php_handler": "cgi"}
    assert ArgumentSpecValidator(known).validate(wrong).error_messages


def test_both_web_servers_are_given_the_same_sites() -> None:
    sites = [role_variables(component(name, server_name="a.example")) for name in ("apache", "nginx")]
    assert sites[0]["apache_sites"] == sites[1]["nginx_sites"]


@pytest.mark.parametrize("name", ["mariadb", "postgresql"])
def test_a_database_server_is_given_five_accounts_limited_to_their_work(name: str) -> None:
    accounts = role_variables(component(name, database="shop"))[f"{name}_accounts"]
    assert {one["database"] for one in accounts} == {"shop"}
    schema = {"mariadb": ["CREATE", "ALTER", "DROP", "INDEX", "REFERENCES"], "postgresql": ["CREATE"]}
    assert {one["name"]: one["privileges"] for one in accounts} == {
        "shop_schema": schema[name],
        "shop_insert": ["INSERT"],
        "shop_select": ["SELECT"],
        "shop_update": ["SELECT", "UPDATE"],
        "shop_delete": ["SELECT", "DELETE"],
    }


@pytest.mark.parametrize("name", ["mariadb", "postgresql"])
def test_the_default_order_is_what_the_role_does_by_itself(name: str) -> None:
    defaults = yaml.safe_load((share() / "roles" / name / "defaults" / "main.yml").read_text())
    ordered = role_variables(component(name))
    assert {option: defaults[option] for option in ordered} == ordered


@pytest.mark.parametrize("name", ["mariadb", "postgresql", "sqlite"])
def test_backups_are_made_unless_the_order_says_otherwise(name: str) -> None:
    assert role_variables(component(name))[f"{name}_backup"] is True
    ordered = role_variables(component(name, backup=False, backup_keep=3))
    assert (ordered[f"{name}_backup"], ordered[f"{name}_backup_keep"]) == (False, 3)


@pytest.mark.parametrize("name", ["redis", "memcached"])
def test_cache_follows_the_servers_memory_unless_ordered(name: str) -> None:
    assert f"{name}_memory_mb" not in role_variables(component(name))
    assert role_variables(component(name, memory_mb=256))[f"{name}_memory_mb"] == 256


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("nginx", {"server_name": "a.example; return 200"}),
        ("php", {"extensions": ["xdebug libapache2-mod-evil"]}),
        ("php", {"extensions": ["../tidy"]}),
        ("php", {"extensions": ["{{ 1 }}"]}),
        ("postgresql", {"database": "a; DROP"}),
        ("sqlite", {"database": "../../etc/x"}),
        ("mariadb", {"backup": "yes"}),
        ("sqlite", {"backup_keep": 0}),
        ("postgresql", {"backup_keep": "7 --overwrite"}),
        ("sqlsrv", {"server_host": "db.example;PWD=x"}),
        ("sqlsrv", {"server_system": "debian"}),
        ("sqlsrv", {"database": "master"}),
        ("sqlsrv", {"port": 0}),
        ("redis", {"memory_mb": 0}),
        ("redis", {"eviction": "never"}),
        ("memcached", {"memory_mb": "64 -l 0.0.0.0"}),
    ],
)
def test_odd_options_cannot_be_ordered(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        component(name, **options)


def test_marked_template_is_not_run_by_ansible(tmp_path: Path) -> None:
    """The real Ansible of this environment, given a hostile value in the way that our runner gives it."""
    (tmp_path / "vars").write_text(json.dumps(unsafe({"value": TEMPLATE})))
    (tmp_path / "play.yml").write_text(
        "- hosts: localhost\n  gather_facts: false\n  connection: local\n  tasks:\n"
        "    - ansible.builtin.copy: {content: '{{ value }}', dest: '" + str(tmp_path / "out") + "', mode: '0600'}\n"
    )
    environment = {
        "PATH": str(Path(sys.executable).parent) + ":/usr/bin:/bin",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
    }
    command = ["ansible-playbook", "-i", "localhost,", "-e", f"@{tmp_path / 'vars'}", str(tmp_path / "play.yml")]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out").read_text() == TEMPLATE
    assert not (tmp_path / "OWNED").exists()
