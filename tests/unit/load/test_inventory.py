"""The examples that travel with us are inventories, and name the host of the sample."""

import pytest

from koor_provision.load.inventory import load_inventory
from koor_provision.load.resources import share


@pytest.mark.parametrize("connection", ["podman", "ssh", "local"])
def test_examples_can_be_read(connection: str) -> None:
    name = {"podman": "container"}.get(connection, connection)
    entry = load_inventory(share() / "inventories" / f"{name}.yml").find("web-1")
    assert entry
    assert entry.ansible_connection == connection


def test_all_examples_are_tested() -> None:
    assert {path.name for path in (share() / "inventories").iterdir()} == {"container.yml", "ssh.yml", "local.yml"}
