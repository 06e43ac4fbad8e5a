"""A server taken back to before a run: compared by digests, and refused where something would be lost."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.comparing import differences, look, plan_of
from tests.integration.conftest import Koor, Server
from tests.integration.orders import Order, customers_shop
from tests.integration.undoing import case, customers_nginx, desk, order, reach, run

__all__ = ["case", "desk", "order", "reach", "run"]  # fixtures


@pytest.fixture(scope="module", params=["debian12", "debian13"])
def server(request: pytest.FixtureRequest, server_factory: Callable[[str], Server]) -> Server:
    return server_factory(request.param)


@pytest.fixture(scope="module")
def undone(run, case: Path, server: Server) -> dict[str, object]:
    """The default offer installed, refused to be undone for two reasons, and undone."""
    before = look(server)
    run("install", case)
    (evidence,) = (path for path in (case / "evidence").iterdir() if path.is_dir())
    kept = server.run("sh", "-c", "find /var/lib/koor-provision -printf '%m %u\\n' | sort -u")
    size = int(server.run("du", "--summarize", "--bytes", "/var/lib/koor-provision").split()[0])
    again = run("install", case)
    data = run("undo", evidence, code=1)
    customers_shop(server, "mariadb-server")
    needed = run("undo", evidence, "--discard-data", code=1)
    server.run("dpkg", "--purge", "customers-shop")
    last = run("undo", evidence, "--discard-data")
    return {
        "before": before, "after": look(server), "evidence": evidence, "kept": kept, "size": size, "again": again,
        "data": data, "needed": needed, "undone": last,
    }  # fmt: skip


def test_the_server_is_as_it_was(undone) -> None:
    assert differences(undone["before"], undone["after"]) == {}


def test_what_is_kept_is_for_root_alone_and_small(undone) -> None:
    assert undone["kept"].splitlines() == ["600 root", "700 root"]
    assert undone["size"] < 1_000_000


def test_a_run_that_changes_nothing_is_in_nobodys_way(undone) -> None:
    assert "nothing had to be changed" in undone["again"].stdout


def test_the_customers_data_is_in_the_way(undone) -> None:
    assert "data would go that may be the customer's: /var/lib/mysql/" in undone["data"].stderr


def test_what_came_later_and_needs_it_is_in_the_way(undone) -> None:
    assert "apt would also remove 'customers-shop', which needs what the run brought" in undone["needed"].stderr


def test_an_undo_has_evidence_and_receipts_like_a_run(undone, koor: Koor, desk: Path) -> None:
    assert "undone and verified" in undone["undone"].stdout
    evidence = undone["evidence"].with_name(plan_of(undone["undone"].stdout))
    holds = koor("verify", evidence, "--company", desk / "company")
    assert "passed" in holds.stdout
    audit = json.loads((evidence / "audit.json").read_text(encoding="utf-8"))
    assert audit["verdict"] == "in scope"
    receipts = [json.loads(line) for line in koor.ledger.read_text(encoding="utf-8").splitlines()]
    last = [one for one in receipts if one.get("plan") == evidence.name]
    assert [(one["event"], one["undone"]) for one in last] == [
        (event, undone["evidence"].name) for event in ("started", "passed")
    ]
    koor("ledger", "verify")


def test_a_run_is_undone_once(undone, run) -> None:
    assert "is undone already" in run("undo", undone["evidence"], "--discard-data", code=1).stderr


def test_configuration_of_what_was_there_comes_back_and_is_read(
    undone, run, case: Path, order: Order, server: Server
) -> None:
    shop = customers_nginx(server)
    order("php", "nginx", "sqlite", "memcached")
    said = run("install", case)
    assert look(server)["files"] != shop["files"]
    run("undo", plan_of(said.stdout), "--case", case, "--discard-data")
    assert differences(shop, look(server)) == {}
    assert "8081" in server.run("ss", "-Hltn")
