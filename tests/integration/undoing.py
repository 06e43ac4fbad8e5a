"""What the tests of undo share: a sample for each server, and the commands with its key."""

from pathlib import Path

import pytest

from tests.integration.comparing import look
from tests.integration.conftest import Koor, Server, inventory
from tests.integration.orders import Order, order_of


@pytest.fixture(scope="module")
def desk(koor: Koor, server: Server) -> Path:
    """A sample of each server's own: a run's evidence lies in its case."""
    koor("sample", koor.home / server.system)
    return koor.home / server.system


@pytest.fixture(scope="module")
def reach(server: Server, koor: Koor) -> Path:
    return inventory(koor.home, ansible_connection="podman", ansible_host=server.name)


@pytest.fixture(scope="module")
def case(desk: Path) -> Path:
    return desk / "cases" / "default-offer"


@pytest.fixture(scope="module")
def order(koor: Koor, desk: Path) -> Order:
    return order_of(koor, desk)


@pytest.fixture(scope="module")
def run(koor: Koor, desk: Path, reach: Path):
    def command(name: str, what: str | Path, *more: str | Path, code: int = 0):
        key = desk / "keys" / "engineer-senior"
        return koor(name, what, "--inventory", reach, "--key", key, "--yes", *more, code=code)

    return command


def customers_nginx(server: Server) -> dict[str, object]:
    """A server with an nginx of the customer's own, whose configuration a run will change; and how it is."""
    server.run("apt-get", "update", "--quiet=2")
    server.run("apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", "nginx")
    server.run("sh", "-c", "printf 'server { listen 8081; root /srv; }\\n' > /etc/nginx/sites-available/shop")
    server.run("ln", "-sf", "/etc/nginx/sites-available/shop", "/etc/nginx/sites-enabled/shop")
    server.run("sed", "-i", "s/worker_connections .*/worker_connections 512;/", "/etc/nginx/nginx.conf")
    server.run("systemctl", "restart", "nginx.service")
    return look(server)
