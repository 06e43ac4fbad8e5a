"""The application through the tool: ordered, installed from a Git checkout, its checklist filled in, and maintained."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from koor_provision.load.strict_yaml import parse
from tests.conftest import Sample
from tests.integration.conftest import Koor, Server, inventory
from tests.integration.ordering_application import application_case, checked_out


@pytest.fixture(scope="module", params=["debian12", "debian13"])
def system(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def koor(system: str, tmp_path_factory: pytest.TempPathFactory) -> Koor:
    """A home for each system, with an order and a server of its own."""
    return Koor(tmp_path_factory.mktemp(system))


@pytest.fixture(scope="module")
def checkout(koor: Koor) -> Path:
    """The fixture application as its makers would have it, with something that is not committed."""
    folder = checked_out(koor)
    (folder / "index.php").write_text("<?php // not committed, so not ordered\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ordered(koor: Koor, checkout: Path, sample: Path) -> Path:
    """A case that orders the application, with the checklist begun."""
    entries = "units: [North], departments: [{name: Sales, unit: North}], positions: [{name: Clerk, department: Sales}]"
    own = "organisation: Bäcker & Söhne"
    return application_case(koor, checkout, sample, f", {own}, {entries}, groups: [Accounting]")


@pytest.fixture(scope="module")
def server(system: str, server_factory: Callable[[str], Server]) -> Server:
    return server_factory(system)


@pytest.fixture(scope="module")
def way(koor: Koor, sample: Path, server: Server) -> tuple[str | Path, ...]:
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    return ("--inventory", reach, "--key", sample / "keys" / "engineer-senior")


def test_another_archive_than_the_ordered_one_is_refused(koor: Koor, ordered: Path, way: Any) -> None:
    other = koor.home / "other.tar"
    other.write_bytes((koor.home / "application.tar").read_bytes() + b"\0")
    said = koor("install", ordered, *way, "--application-source", other, "--dry-run", code=1)
    assert "is not the ordered archive" in said.stderr
    said = koor("install", ordered, *way, "--dry-run", code=2)
    assert "--application-source PATH" in said.stderr


@pytest.fixture(scope="module")
def installed(koor: Koor, ordered: Path, checkout: Path, way: Any) -> Path:
    evidence = koor.home / "evidence"
    done = koor("install", ordered, *way, "--application-source", checkout, "--evidence", evidence, "--yes")
    assert "installed and verified" in done.stdout
    return evidence


def test_the_run_is_verified_and_inside_its_scope(installed: Path) -> None:
    assert json.loads((installed / "audit.json").read_text())["verdict"] == "in scope"
    assert "test_front_page_asks_to_sign_in" in (installed / "verification.xml").read_text()


def test_the_first_unit_is_called_as_ordered(installed: Path, server: Server) -> None:
    name = server.run(
        "mariadb", "koor", "--skip-column-names", stdin="SELECT HEX(unit_name) FROM unit WHERE unit_id = 1;"
    )
    assert bytes.fromhex(name).decode() == "Bäcker & Söhne"


def test_no_password_of_the_application_leaves_the_server(installed: Path, server: Server) -> None:
    secrets = server.run("sh", "-c", "grep -h ^password= /etc/koor-provision/secrets/*.cnf | cut -d= -f2").split()
    assert len(secrets) == 6
    for file in installed.iterdir():
        assert not [secret for secret in secrets if secret.encode() in file.read_bytes()], file


def test_a_second_run_over_data_loses_nothing(
    koor: Koor, installed: Path, ordered: Path, checkout: Path, way: Any, server: Server
) -> None:
    server.run("mariadb", "koor", stdin="INSERT INTO unit (unit_name) VALUES ('East'), ('South');")
    server.run("mariadb", "koor", stdin="UPDATE position SET position_name = 'Chief clerk';")
    server.run("crontab", "-u", "www-data", "-", stdin="7 3 * * * true # of somebody\n")
    key = server.run("grep", "OMS_PRIVATE_KEY_I", "/var/www/koor/.htaccess")
    again = koor.home / "again"
    koor("install", ordered, *way, "--application-source", checkout, "--evidence", again, "--yes")
    assert server.run("mariadb", "koor", "--skip-column-names", stdin="SELECT COUNT(*) FROM unit;") == "4"
    assert (
        server.run("mariadb", "koor", "--skip-column-names", stdin="SELECT position_name FROM position;")
        == "Chief clerk"
    )
    assert server.run("grep", "OMS_PRIVATE_KEY_I", "/var/www/koor/.htaccess") == key
    assert server.run("crontab", "-u", "www-data", "-l") == "7 3 * * * true # of somebody"


@pytest.fixture(scope="module")
def nobody(koor: Koor) -> Path:
    """Answers, of which there are none."""
    file = koor.home / "answers.yml"
    file.write_text("rows: {}\n", encoding="utf-8")
    return file


def rows(file: Path) -> dict[str, Any]:
    tree: Any = parse(file.read_bytes(), file.name)
    return {row["item"]: row for row in tree["rows"]}


def test_the_checklist_counts_on_the_server_and_ticks_nothing_else(
    koor: Koor, installed: Path, ordered: Path, way: Any, nobody: Path
) -> None:
    # nobody answers: what people must confirm stays open
    said = koor("checklist", ordered, *way, code=2).stderr
    assert "nobody can be asked here" in said
    assert "looking at" not in said
    other = (*way[:-1], way[-1].parent / "hocs")
    assert "this is hocs's key" in koor("checklist", ordered, *other, "--answers", nobody, code=1).stderr
    koor("checklist", ordered, *way, "--answers", nobody)
    found = rows(ordered / "checklist.yml")
    entered = {"units", "departments", "positions"}
    ticked = {name for name, row in found.items() if row["done"] == "true"}
    assert ticked == {"application", "domains", "admin-user"} | entered
    assert found["units"]["measured"] == "4 in the database, with all 1 that were ordered"
    assert found["groups"]["measured"] == "1 in the database"
    assert "placeholder" in found["update-job"]["left_open"]
    koor("check", ordered)


def test_the_maintenance_changes_nothing_and_tells_what_it_found(
    koor: Koor, installed: Path, ordered: Path, way: Any, server: Server, nobody: Path
) -> None:
    server.run("sh", "-c", "echo '2026-01-31 08:00:00; critical; 127.0.0.1; disk' >>/var/www/koor/Logs/2026-01-31.log")
    server.run("sh", "-c", "echo '// changed' >>/var/www/koor/Model/Application.php")
    folder = koor.home / "maintenance"
    koor("maintain", ordered, *way, "--output", folder, "--answers", nobody)
    audit = json.loads((folder / "audit.json").read_text())
    assert (audit["verdict"], audit["troubles"]) == ("in scope", [])
    found = rows(folder / "maintenance.yml")
    assert found["log-critical"]["verdict"] == "attention"
    assert "changed: Model/Application.php" in found["integrity-framework"]["found"]
    assert found["integrity-modules"]["verdict"] == "good"
    assert found["database-response"]["verdict"] == "good"
    assert "buffer" not in found["cache-hits"]["found"]
    assert found["application-version"]["found"].startswith("2026.1, deployed ")
    mail = (folder / "mail.txt").read_text()
    assert "Nothing on your server was changed" in mail
    assert "look into the critical messages of the logs with the customer" in mail


def test_a_change_during_the_maintenance_is_found(
    koor: Koor, installed: Path, ordered: Path, way: Any, server: Server, nobody: Path
) -> None:
    server.run("systemd-run", "--unit=stranger", "sh", "-c", "while :; do date >>/etc/stranger; sleep 0.2; done")
    try:
        said = koor("maintain", ordered, *way, "--output", koor.home / "disturbed", "--answers", nobody, code=4).stderr
    finally:
        server.run("systemctl", "stop", "stranger")
    assert "/etc/stranger" in said


def test_due_goes_by_the_contract_and_the_signed_report(koor: Koor, installed: Path, ordered: Path) -> None:
    assert "no contract" in koor("due", ordered).stdout
    Sample(ordered.parents[1]).edit(
        "agreement.yml",
        "authorised_persons:",
        "maintenance_contract: {version: '1', signed: 2024-01-31, signed_by: customer-authorised, "
        f"sha256: {'a' * 64}}}\nauthorised_persons:",
        "customer-authorised", "sales-manager", "hocs",
    )  # fmt: skip
    assert "overdue" in koor("due", ordered).stdout
    (ordered / "maintenance").mkdir()
    (koor.home / "maintenance").rename(ordered / "maintenance" / "2026")
    told = json.loads(koor("due", ordered, "--format", "json").stdout)
    assert told[0]["state"] == "later"
