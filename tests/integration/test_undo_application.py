"""A run with the application is undone as any other: what it changed itself was noted, after what came before it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.comparing import differences, look, plan_of
from tests.integration.conftest import Koor, Server, inventory
from tests.integration.ordering_application import application_case, checked_out


@pytest.fixture(scope="module")
def server(server_factory: Callable[[str], Server]) -> Server:
    return server_factory("debian12")


def test_the_server_is_as_it_was(koor: Koor, sample: Path, server: Server) -> None:
    folder = checked_out(koor)
    case = application_case(koor, folder, sample)
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    way = ("--inventory", reach, "--key", sample / "keys" / "engineer-senior", "--yes")
    before = look(server)
    said = koor("install", case, *way, "--application-source", folder).stdout
    files = look(server)["files"]
    assert isinstance(files, dict)
    assert {"/etc/koor-provision/secrets/application-admin.cnf", "/var/www/koor/index.php"} <= files.keys()
    refused = koor("undo", plan_of(said), "--case", case, *way, code=1).stderr
    assert "somebody made or changed" not in refused
    undone = koor("undo", plan_of(said), "--case", case, *way, "--discard-data")
    assert "undone and verified" in undone.stdout
    assert differences(before, look(server)) == {}
