"""`koor-provision due` goes by the contract in the signed agreement, and by reports that somebody signed (R14)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Sample

TODAY = datetime.now(UTC).date()
SIGNERS = ("customer-authorised", "sales-manager", "hocs")


def contract(sample: Sample, days_ago: int, until: str = "") -> None:
    signed = TODAY - timedelta(days=days_ago)
    ends = f", until: {until}" if until else ""
    sample.edit(
        "agreement.yml",
        "authorised_persons:",
        f"maintenance_contract: {{version: '1', signed: {signed}, signed_by: customer-authorised, "
        f"sha256: {'a' * 64}{ends}}}\nauthorised_persons:",
        *SIGNERS,
    )


def report(sample: Sample, days_ago: int, signer: str = "engineer-senior", customer: str = "4711") -> None:
    day = TODAY - timedelta(days=days_ago)
    folder = sample.case / "maintenance" / day.isoformat()
    folder.mkdir(parents=True)
    (folder / "maintenance.yml").write_text(
        f"kind: maintenance-report\ncustomer: '{customer}'\norder: A-1\nhost: web-1\ndate: {day}\n"
        f"performed_by: engineer-senior\ncontract: true\nunchanged: true\nform_version: 1\nform_sha256: {'a' * 64}\n"
        "rows: [{item: remarks, verdict: open}]\n"
    )
    name = str(Path("maintenance") / day.isoformat() / "maintenance.yml")
    sample.sign(name, signer, namespace="maintenance-report@koor-provision")


@pytest.fixture
def due(koor, sample: Sample):
    def run(*options: str) -> dict[str, Any]:
        answer = koor("due", sample.case, "--format", "json", *options)
        assert answer.code == 0, answer.err
        (one,) = json.loads(answer.out)
        return dict(one)

    return run


def test_without_a_contract_nothing_is_due(due) -> None:
    assert (due()["state"], due()["due"]) == ("no contract", None)


@pytest.mark.parametrize(("days_ago", "state"), [(400, "overdue"), (340, "due"), (300, "later"), (0, "later")])
def test_the_first_maintenance_is_a_year_after_the_contract(due, sample: Sample, days_ago: int, state: str) -> None:
    contract(sample, days_ago)
    assert due()["state"] == state
    assert due()["due"] == (TODAY - timedelta(days=days_ago) + timedelta(days=365)).isoformat()


def test_days_ahead_are_the_users_to_choose(due, sample: Sample) -> None:
    contract(sample, 300)
    assert due("--within", "100")["state"] == "due"


def test_the_next_one_is_a_year_after_the_last_signed_report(due, sample: Sample) -> None:
    contract(sample, 700)
    report(sample, 380)
    report(sample, 100)
    assert (due()["state"], due()["last"]) == ("later", (TODAY - timedelta(days=100)).isoformat())


@pytest.mark.parametrize(("signer", "customer"), [("sales-manager", "4711"), ("engineer-senior", "4712")])
def test_a_report_that_another_signed_or_of_another_customer_counts_for_nothing(
    due, sample: Sample, signer: str, customer: str
) -> None:
    contract(sample, 700)
    report(sample, 100, signer, customer)
    assert (due()["state"], due()["last"]) == ("overdue", None)


def test_a_contract_that_ended_is_told(due, sample: Sample) -> None:
    contract(sample, 700, until=str(TODAY - timedelta(days=1)))
    assert due()["state"] == "contract ended"


def test_an_agreement_that_nobody_signed_as_it_is_now_is_no_contract(due, sample: Sample) -> None:
    contract(sample, 700)
    sample.edit("agreement.yml", "maintenance_contract:", "maintenance_contract: ")
    assert due()["state"] == "no contract"


def test_one_that_cannot_be_read_does_not_keep_the_others_from_being_listed(koor, sample: Sample) -> None:
    (sample.root / "cases" / "never-ordered" / "agreement.yml").write_text("kind: [")
    answer = koor("due", sample.root / "cases")
    assert answer.code == 2
    assert answer.out.count("\n") == 3
    assert "cannot be read" in answer.out
