"""A run with the application is undone as any other: what it changed itself was noted, after what came before it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.comparing import differences, look, plan_of
from tests.integration.conftest import ROOT, Koor, Server, inventory
from tests.integration.test_application import PARTS, git
from tests.integration.test_other_components import order


@pytest.fixture(scope="module")
def server(server_factory: Callable[[str], Server]) -> Server:
    return server_factory("debian12")


def test_the_server_is_as_it_was(koor: Koor, sample: Path, server: Server) -> None:
    folder = koor.home / "application"
    subprocess.run(["cp", "-r", ROOT / "tests" / "application", folder], check=True)
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "first")):
        git(folder, *command)
    packed = koor("pack", folder, "-o", koor.home / "application.tar").stdout
    case = order(sample, *PARTS, packed.splitlines()[-1].strip().removeprefix("- ").replace("VERSION", "2026.1"))
    koor("case", "checklist", case)
    koor("sign", case / "checklist.yml", "--key", sample / "keys" / "engineer-senior")
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
