"""Targets that cannot be installed on: each gets one clear answer, and is not touched."""

from pathlib import Path

import pytest

from tests.integration.conftest import Koor, Server, inventory


@pytest.fixture(scope="module")
def case(sample: Path) -> Path:
    return sample / "cases" / "default-offer"


def install(koor: Koor, case: Path, reach: Path, code: int, *more: str) -> str:
    key = case.parents[1] / "keys" / "engineer-senior"
    done = koor("install", case, "--inventory", reach, "--key", key, "--yes", *more, code=code)
    assert len([line for line in done.stderr.splitlines() if line.startswith("error")]) == 1
    assert "to do:" in done.stderr
    return done.stderr


def test_old_system_is_refused_untouched(server_factory, koor: Koor, case: Path) -> None:
    server: Server = server_factory("debian11")
    before = server.run("find", "/", "-xdev", "-newer", "/proc/1", "-not", "-path", "/proc/*")
    said = install(koor, case, inventory(koor.home, ansible_connection="podman", ansible_host=server.name), 1)
    assert "Debian GNU/Linux 11" in said
    assert "R9" in said
    assert server.run("find", "/", "-xdev", "-newer", "/proc/1", "-not", "-path", "/proc/*") == before
    assert not koor.ledger.exists() or '"started"' not in koor.ledger.read_text()


def test_container_that_does_not_exist(koor: Koor, case: Path) -> None:
    said = install(koor, case, inventory(koor.home, ansible_connection="podman", ansible_host="koor-test-nobody"), 3)
    assert "koor-test-nobody" in said


def test_host_that_the_inventory_does_not_know(koor: Koor, case: Path) -> None:
    assert "has no host 'web-1'" in install(
        koor, case, inventory(koor.home, name="web-2", ansible_connection="podman"), 2
    )


def test_host_that_the_order_does_not_know(koor: Koor, case: Path) -> None:
    assert "no target 'web-9'" in install(
        koor, case, inventory(koor.home, ansible_connection="podman"), 2, "--host", "web-9"
    )


def test_ssh_without_a_host_key_in_the_order(koor: Koor, enrolled: Path) -> None:
    case = enrolled / "cases" / "default-offer"
    assert "ssh_host_key" in install(koor, case, inventory(koor.home, ansible_host="127.0.0.1"), 2)


@pytest.mark.parametrize("connection", ["ssh", "local"])
def test_a_sample_is_for_containers_only(koor: Koor, case: Path, enrolled: Path, connection: str) -> None:
    """On a machine that has a company of its own, too: with a sample's keys one person signs as everybody."""
    reach = inventory(koor.home, ansible_connection=connection, ansible_host="127.0.0.1")
    said = install(koor, case, reach, 1)
    assert "a sample company" in said
    assert '"started"' not in koor.ledger.read_text()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ansible_ssh_common_args", "-oProxyCommand=touch /tmp/owned"),
        ("ansible_python_interpreter", "/opt/python"),
        ("ansible_become_password", "secret"),
        ("koor_packages", "[]"),
        ("ansible_host", '\'{{ lookup("pipe", "id") }}\''),
        ("ansible_host", "-oProxyCommand=id"),
        ("ansible_connection", "community.docker.docker"),
    ],
)
def test_inventory_may_only_say_how_to_reach_the_host(koor: Koor, case: Path, variable: str, value: str) -> None:
    assert variable in install(koor, case, inventory(koor.home, **{variable: value}), 2)


def test_container_without_mitogen(koor: Koor, case: Path) -> None:
    reach = inventory(koor.home, ansible_connection="podman", ansible_host="koor-test-nobody")
    assert "cannot reach a container" in install(koor, case, reach, 2, "--engine", "plain")


def test_inventory_with_groups_is_refused(koor: Koor, case: Path) -> None:
    file = koor.home / "groups.yml"
    file.write_text("all:\n  vars: {ansible_user: root}\n  hosts: {web-1: {}}\n")
    assert "all.vars: no such field" in install(koor, case, file, 2)


def test_nobody_to_ask_and_no_yes(koor: Koor, case: Path, server_factory) -> None:
    server: Server = server_factory("debian12")
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    done = koor("install", case, "--inventory", reach, code=2)
    assert "--yes" in done.stderr
    assert "Plan" in done.stdout


def test_no_key_of_the_engineer(koor: Koor, case: Path, server_factory) -> None:
    server: Server = server_factory("debian12")
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    assert "no key of engineer-senior" in koor("install", case, "--inventory", reach, "--yes", code=2).stderr
    other = case.parents[1] / "keys" / "customer-authorised"
    refused = koor("install", case, "--inventory", reach, "--yes", "--key", other, code=1)
    assert "the plan is not signed by engineer-senior" in refused.stderr
