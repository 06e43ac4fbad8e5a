"""What a plan may change: contracts of what was ordered, and of what that stops."""

import pytest
from tests.world import World

from koor_provision.audit.expected import Contract, covers, expected
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes

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
