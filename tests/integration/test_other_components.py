"""Further software, and a SQL Server that stands elsewhere, through the tool: ordered, judged, installed, verified."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Sample
from tests.integration.conftest import ROOT, Koor, Server, inventory

SQLSRV = "{component: sqlsrv, server_host: sqlserver.example, server_system: ubuntu}"
STAND_IN = """
set -e
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=sqlserver.example \
    -addext subjectAltName=DNS:sqlserver.example -keyout /root/key.pem -out /usr/local/share/ca-certificates/s.crt
update-ca-certificates
echo 127.0.0.1 sqlserver.example >>/etc/hosts
systemd-run --unit=tds-server python3 /root/tds_server.py /usr/local/share/ca-certificates/s.crt /root/key.pem \
    /etc/koor-provision/secrets/sqlsrv-koor.sql
"""


def order(root: Path, *components: str) -> Path:
    """Order something else than the default offer; everybody signs anew."""
    sample = Sample(root)
    offer, acceptance = sample.file("offer.yml"), sample.file("acceptance.yml")
    names = [one.strip("{}").split(",")[0].removeprefix("component: ") for one in components]
    lines = "".join(f"  - {one}\n" for one in components)
    before = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in (offer, acceptance)}
    old = offer.read_text(encoding="utf-8").partition("components:\n")[2].partition("estimate:")[0]
    sample.edit("offer.yml", old, lines, "team-leader")
    new_offer = hashlib.sha256(offer.read_bytes()).hexdigest()
    sample.edit("acceptance.yml", before[offer], new_offer, "customer-authorised")
    sample.edit("confirmation.yml", before[offer], new_offer)
    sample.edit("confirmation.yml", before[acceptance], hashlib.sha256(acceptance.read_bytes()).hexdigest())
    text = sample.file("confirmation.yml").read_text(encoding="utf-8")
    confirmed = text.partition("components: [")[2].partition("]")[0]
    sample.edit("confirmation.yml", f"[{confirmed}]", f"[{', '.join(names)}]", "sales-manager")
    return sample.case


@pytest.fixture(scope="module")
def server(server_factory: Callable[[str], Server]) -> Server:
    return server_factory("debian13")


@pytest.fixture(scope="module")
def install(koor: Koor, sample: Path, server: Server):
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)

    def run(evidence: str, *components: str, code: int = 0):
        case = order(sample, *components)
        given = ("--inventory", reach, "--key", sample / "keys" / "engineer-senior", "--evidence", koor.home / evidence)
        return koor("install", case, *given, "--yes", code=code)

    return run


PHP, POPPLER, WKHTMLTOPDF = (f"{{component: {name}}}" for name in ("php", "poppler-utils", "wkhtmltopdf"))


def test_software_that_the_system_lacks_is_refused_before_anything_is_touched(install, server: Server) -> None:
    before = server.run("stat", "--format=%Z", "/var/lib/dpkg/status", "/etc")
    said = install("none", PHP, SQLSRV, WKHTMLTOPDF, code=1)
    assert "'wkhtmltopdf' is not available on debian13: its makers gave it up" in said.stderr
    assert server.run("stat", "--format=%Z", "/var/lib/dpkg/status", "/etc") == before


@pytest.fixture(scope="module")
def too_early(install, koor: Koor):
    return install("first", PHP, SQLSRV, POPPLER, code=3), koor.home / "first"


def test_run_is_not_verified_before_sql_server_knows_the_accounts(too_early) -> None:
    done, evidence = too_early
    assert "SQL Server 2022 is on sqlserver.example (ubuntu)" in done.stdout
    report = (evidence / "report.html").read_text(encoding="utf-8")
    assert "has the administrator of SQL Server run sqlsrv-koor.sql?" in report


def test_run_is_verified_when_it_does_and_software_works(too_early, install, koor: Koor, server: Server) -> None:
    program = (ROOT / "molecule" / "sqlsrv" / "tds_server.py").read_text(encoding="utf-8")
    server.run("sh", "-c", "cat >/root/tds_server.py", stdin=program)
    server.run("sh", stdin=STAND_IN)
    done = install("second", PHP, SQLSRV, POPPLER)
    assert "installed and verified" in done.stdout
    checks = (koor.home / "second" / "verification.xml").read_text(encoding="utf-8")
    assert "test_each_software_does_what_it_is_for" in checks
    assert "test_php_reads_a_row_over_both_drivers" in checks
