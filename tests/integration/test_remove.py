"""A component that the order no longer has: refused where it must be, taken out, proven gone, and its data kept."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Koor, Server, inventory
from tests.integration.orders import Order, customers_shop, order_of


@pytest.fixture(scope="module")
def server(server_factory: Callable[[str], Server]) -> Server:
    return server_factory("debian12")


@pytest.fixture(scope="module")
def reach(server: Server, koor: Koor) -> Path:
    return inventory(koor.home, ansible_connection="podman", ansible_host=server.name)


@pytest.fixture(scope="module")
def order(koor: Koor, sample: Path) -> Order:
    return order_of(koor, sample)


@pytest.fixture(scope="module")
def run(koor: Koor, sample: Path, reach: Path):
    def command(name: str, *more: str | Path, code: int = 0):
        case, key = sample / "cases" / "default-offer", sample / "keys" / "engineer-senior"
        return koor(name, case, "--inventory", reach, "--key", key, "--yes", *more, code=code)

    return command


@pytest.fixture(scope="module")
def swapped(order, run, server: Server):
    """Redis was ordered and installed, then Memcached in its place; both are on the server."""
    order("php", "sqlite", "redis")
    run("install")
    order("php", "sqlite", "memcached", removals="[{component: redis}]")
    early = run("remove", "--component", "redis", code=1)
    run("install")
    return early


@pytest.fixture(scope="module")
def removed(swapped, run, koor: Koor, server: Server):
    server.run("sh", "-c", "echo kept > /var/lib/redis/customers-file")
    return run("remove", "--component", "redis", "--evidence", koor.home / "removed")


def installed(server: Server, *names: str) -> set[str]:
    shown = server.run(
        "sh", "-c", f"dpkg-query --show --showformat='${{Package}} ${{db:Status-Status}}\\n' {' '.join(names)} || true"
    )
    return {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}


def listening(server: Server) -> str:
    return server.run("ss", "--listening", "--tcp", "--numeric")


def test_what_is_ordered_has_to_be_there_first(swapped) -> None:
    assert "'memcached' is ordered and not installed on this server yet" in swapped.stderr


def test_swap_leaves_no_cache_serving_that_nobody_ordered(swapped, server: Server) -> None:
    assert "127.0.0.1:11211" in listening(server)
    assert ":6379" not in listening(server)


def test_component_that_the_order_still_has_is_refused(swapped, run) -> None:
    assert "'memcached' is part of the order, so it stays" in run("remove", "--component", "memcached", code=1).stderr


def test_data_is_not_deleted_by_a_flag_of_the_engineer_alone(swapped, run, server: Server) -> None:
    refused = run("remove", "--component", "redis", "--purge", code=1)
    assert "the customer did not order the data of 'redis' deleted, so it stays" in refused.stderr
    server.run("test", "-e", "/etc/koor-provision/secrets/redis.cnf")


def test_removal_that_would_take_the_customers_software_is_refused(swapped, run, server: Server) -> None:
    customers_shop(server, "redis-server")
    try:
        refused = run("remove", "--component", "redis", code=1)
    finally:
        server.run("dpkg", "--purge", "customers-shop")
    assert "apt would also remove 'customers-shop', which needs 'redis'" in refused.stderr
    assert installed(server, "redis-server") == {"redis-server"}


def test_dry_run_shows_what_goes_and_changes_nothing(swapped, run, server: Server) -> None:
    shown = run("remove", "--component", "redis", "--dry-run").stdout
    assert re.search(r"packages +redis-server 5:7\.0\.\S+, redis-tools", shown)
    assert re.search(r"unneeded +libatomic1 \S+, libjemalloc2", shown)
    assert re.search(r"keeps .*/var/lib/redis/", shown)
    assert "nothing on the server was changed" in shown
    assert installed(server, "redis-server") == {"redis-server"}


def test_removed_is_the_component_and_what_only_it_needed(removed, server: Server) -> None:
    assert "removed and verified" in removed.stdout
    assert installed(server, "redis-server", "redis-tools", "libjemalloc2", "memcached", "sqlite3") == {
        "memcached", "sqlite3",
    }  # fmt: skip
    server.run("sh", "-c", "! test -e /etc/redis/koor.conf")
    server.run("sh", "-c", "! test -e /etc/systemd/system/redis-server.service.d/koor.conf")


def test_data_and_secrets_are_kept(removed, server: Server) -> None:
    assert server.run("cat", "/var/lib/redis/customers-file") == "kept"
    server.run("test", "-e", "/etc/koor-provision/secrets/redis.cnf")


def test_rest_of_the_order_still_serves(removed, server: Server) -> None:
    assert server.run("systemctl", "is-active", "memcached.service") == "active"


def test_evidence_and_receipts_tell_of_the_removal(removed, koor: Koor) -> None:
    page = (koor.home / "removed" / "report.html").read_text(encoding="utf-8")
    assert "Removal report" in page
    assert "Redis is removed, and the rest works." in page
    started, passed = [json.loads(line) for line in koor.ledger.read_text().splitlines()][-2:]
    assert (started["event"], passed["event"]) == ("started", "passed")
    assert (passed["removed"], passed["purged"]) == ("redis", False)
    assert any(name.startswith("redis-server=") for name in passed["removed_packages"])


def test_second_removal_finds_nothing_to_do(removed, run) -> None:
    assert "nothing had to be changed" in run("remove", "--component", "redis").stdout


def test_data_goes_where_the_customer_ordered_it(removed, order, run, server: Server) -> None:
    order("php", "sqlite", "memcached", removals="[{component: redis, purge: true}]")
    assert (
        "the customer also ordered the data of 'redis' deleted"
        in run("remove", "--component", "redis", "--dry-run").stdout
    )
    done = run("remove", "--component", "redis", "--purge")
    assert re.search(r"DELETES .*/var/lib/redis/", done.stdout)
    assert "removed and verified" in done.stdout
    server.run("sh", "-c", "! test -e /var/lib/redis && ! test -e /etc/koor-provision/secrets/redis.cnf")
    assert server.run("sh", "-c", "ls /var/lib/koor/sqlite") == "koor.db"
