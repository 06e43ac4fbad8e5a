"""From "refused by R9" to "installed" by one command, with the tests in between, on a real server (R9)."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import Sample
from tests.integration.conftest import Koor, Server, inventory

ANSWERS = """
rows:
  further_changes_needed: {result: None., evidence: no other role was changed}
  production_problems: {result: None known., evidence: no ticket}
"""
STATE = Path.home() / ".cache" / "koor-provision-dev"


@pytest.fixture(scope="module")
def company(koor: Koor, sample: Path) -> Path:
    """The sample's, whose CTO has approved apache on Debian 12 only."""
    koor.environment["KOOR_DEV_STATE"] = str(STATE)  # downloads are kept there for all test servers
    folder = Sample(sample)
    before = folder.file("approved_software.yml").read_bytes()
    text = before.decode()
    head, mark, tail = text.partition("component: apache")
    tail = tail.replace("systems: [debian12, debian13]", "systems: [debian12]", 1)
    folder.file("approved_software.yml").write_text(head + mark + tail, encoding="utf-8")
    digest = hashlib.sha256(before).hexdigest()
    folder.edit("approved_software.yml", "version: 1\n", f"version: 2\nprevious_sha256: {digest}\n", "cto")
    return sample / "company"


@pytest.fixture(scope="module")
def adopted(koor: Koor, sample: Path, company: Path, server_factory: Callable[[str], Server]) -> tuple[str, Path]:
    """What the command said, and the order that it installed."""
    server = server_factory("debian13")
    case = sample / "cases" / "default-offer"
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    engineer = sample / "keys" / "engineer-senior"
    refused = koor("install", case, "--inventory", reach, "--key", engineer, "--yes", code=1)
    said = " ".join((refused.stdout + refused.stderr).split())
    assert "on debian13 is not approved (approved there: none)" in said
    answers = koor.home / "answers.yml"
    answers.write_text(ANSWERS, encoding="utf-8")
    done = koor(
        "software", "adopt", "apache=2.4", "--system", "debian13", "--company", company, "--responsible", "cto",
        "--answers", answers, "--key", sample / "keys" / "cto", "--case", case, "--inventory", reach,
        "--engineer-key", engineer, "--yes",
    )  # fmt: skip
    assert server.run("systemctl", "is-active", "apache2") == "active"
    return done.stdout, case


def test_it_is_refused_tested_approved_and_installed(adopted: tuple[str, Path]) -> None:
    said, _ = adopted
    places = [
        said.index(word) for word in ("1 of 4", "2 of 4", "passed: ", "3 of 4", "4 of 4", "installed and verified")
    ]

    assert places == sorted(places)


def test_the_record_holds_what_was_really_installed(adopted: tuple[str, Path], company: Path) -> None:
    record = yaml.safe_load((company / "validations" / "apache-update-2.yml").read_text(encoding="utf-8"))
    (run,) = record["tested"]

    assert (run["system"], run["scenarios"][0]["passed"]) == ("debian13", True)
    assert run["version"].startswith("2.4.")
    assert set(run["digests"]) == {"roles/apache", "roles/removal", "collection"}
    assert "apache passed" in (company / "validations" / "apache-update-2.html").read_text(encoding="utf-8")


def test_the_list_is_the_successor_and_says_so(adopted: tuple[str, Path], koor: Koor, company: Path) -> None:
    listed = json.loads(koor("software", "list", "--company", company, "--format", "json").stdout)

    assert (listed["version"], listed["signed_by"]) == (3, ["cto"])
    new = next(entry for entry in listed["entries"] if entry["record"] == "validations/apache-update-2.yml")
    assert (new["systems"], new["age_days"]) == (["debian13"], 0)


def test_what_fresh_servers_offer_is_compared_with_the_list(
    adopted: tuple[str, Path], koor: Koor, company: Path
) -> None:
    given = ("--company", company, "--system", "debian13", "--format", "json")
    rows = json.loads(koor("software", "outdated", *given).stdout)["rows"]
    found = {row["component"]: row for row in rows}

    assert found["apache"]["due"] == []
    assert found["apache"]["tested"] == found["apache"]["offered"]
    assert "wkhtmltopdf" not in found  # neither offered nor approved there
    assert found["php"]["approved"]


def test_a_version_that_the_system_does_not_have_is_not_tested(
    adopted: tuple[str, Path], koor: Koor, company: Path
) -> None:
    given = ("--company", company, "--responsible", "cto", "--answers", koor.home / "answers.yml")
    done = koor("software", "validate", "apache=2.6", "--system", "debian13", *given, code=2)

    assert "not 2.6" in done.stderr


def test_an_edited_record_takes_the_approval_away(adopted: tuple[str, Path], koor: Koor, company: Path) -> None:
    record = company / "validations" / "apache-update-2.yml"
    record.write_text(record.read_text(encoding="utf-8").replace("no ticket", "no tickets"), encoding="utf-8")
    refused = koor("check", adopted[1], code=1)

    assert "is not the one that the CTO approved" in refused.stdout.replace("\n", " ")
