"""What a plan may change: contracts of what was ordered, and of what that stops."""

import pytest
from tests.world import World

from koor_provision.audit.expected import Contract, covers, expected
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.audit import Owner

SCOPES = load_scopes(share() / "roles")


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("/etc/php/", "/etc/php", True),
        ("/etc/php/", "/etc/php/a/b", True),
        ("/etc/php/", "/etc/phpx", False),
        ("/etc/odbc.ini", "/etc/odbc.ini", True),
        ("/etc/odbc.ini", "/etc/odbc.ini/a", False),
        ("/var/log/php*-fpm.log", "/var/log/php8.2-fpm.log", True),
        ("/etc/php/*/fpm/", "/etc/php/8.2/fpm/a", True),
        ("/etc/php/*/fpm/", "/etc/php/8.2/cli", False),
    ],
)
def test_paths(pattern: str, path: str, covered: bool) -> None:
    assert covers(pattern, path) is covered


def test_an_entry_for_the_very_file_comes_before_its_tree() -> None:
    assert Contract("a", paths=("/usr/", "/usr/a")).path("/usr/a") == "/usr/a"
    assert Contract("a", paths=("/usr/",)).path("/srv") is None


def test_an_order_may_touch_what_its_components_and_our_package_tool_may(world: World) -> None:
    plan = world.proposal().plan
    found = expected(plan, SCOPES)
    assert [one.component for one in found.contracts] == ["packages", *(one.component for one in plan.components)]
    assert found.packages == {package.name: package.version for package in plan.packages}
    assert not found.planned("not-in-the-plan", ["1", "install ok installed"])


def test_what_is_stopped_for_a_component_closes_its_ports_and_writes_no_configuration(world: World) -> None:
    plan = world.proposal().plan
    apache = next(one for one in expected(plan, SCOPES).contracts if one.component == "apache")
    assert "nginx.service" in apache.services
    assert set(apache.closes) == set(SCOPES["nginx"].ports)
    assert "/var/log/nginx/" in apache.paths
    assert "/etc/nginx/" not in apache.paths


def test_what_was_there_before_may_write_to_its_data_and_nothing_else(world: World) -> None:
    plan = world.proposal().plan
    *_, last = expected(plan.model_copy(update={"there_before": ("postgresql",)}), SCOPES).contracts
    assert last.owner == (Owner.BEFORE, "postgresql (there before)")
    assert last.path("/var/lib/postgresql/15/main/base/1")
    assert last.path("/dev/shm/PostgreSQL.1")  # noqa: S108
    for other in ("/etc/postgresql/15/main/pg_hba.conf", "/usr/local/sbin/koor-backup-postgresql", "/etc/ssl/koor/key"):
        assert last.path(other) is None
    assert (last.ports, last.users, last.groups, last.services, last.settings, last.closes) == ((),) * 6
    assert "postgresql" not in {one.component for one in expected(plan, SCOPES).contracts}


def test_no_contract_lets_configuration_pass_for_what_runs_and_writes() -> None:
    written = {path for scope in SCOPES.values() for path in scope.written}
    assert written
    assert not {path for path in written if path.startswith(("/etc/", "/usr/", "/run/"))}


def test_an_undo_may_touch_what_its_plan_names_and_what_the_run_might(world: World) -> None:
    world.ask_for_undo({"run": "00112233aabbccdd", "discard": "true"})
    world.trees["plan"]["undo"] |= {"alternatives": ["php-fpm.sock"], "started": ["nginx.service"]}
    plan = world.proposal().plan
    assert plan.undo
    found = expected(plan, SCOPES)
    *own, undo = found.contracts
    assert [one.component for one in own] == ["php", "apache", "mariadb"]
    assert undo.path("/etc/mailcap") == "/etc/mailcap"
    assert undo.path("/etc/alternatives/php-fpm.sock")
    assert undo.path("/var/lib/koor-provision/undo/00112233aabbccdd/undone.json")
    assert undo.path("/etc/nginx/nginx.conf"), "nginx starts again, so it may write"
    assert undo.path("/etc/ssh/sshd_config") is None
    assert (undo.users, undo.groups) == (("mysql",), ("mysql",))
    assert set(SCOPES["nginx"].ports) <= set(undo.ports)
    assert found.planned("apache2", None)
    assert not found.planned("apache2", ["2.4.65-1~deb12u1", "install ok installed"])


def test_what_is_kept_aside_is_covered_only_where_the_plan_says_so(world: World) -> None:
    assert "keep" not in [one.component for one in expected(world.proposal().plan, SCOPES).contracts]
    world.trees["plan"]["keeps"] = "/var/lib/koor-provision/undo/00112233aabbccdd/"
    keep = next(one for one in expected(world.proposal().plan, SCOPES).contracts if one.component == "keep")
    assert keep.path("/var/lib/koor-provision/undo/00112233aabbccdd/before.tar")
