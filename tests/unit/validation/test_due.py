"""What is due, and why."""

import json
from datetime import date, timedelta

import click
import pytest
from tests.validations import run
from tests.world import World

from koor_provision.load.files import Content
from koor_provision.models.case import Company, RecordOnFile
from koor_provision.report import due as report
from koor_provision.validation.due import Standard, rows
from koor_provision.validation.lifetimes import lifetimes
from koor_provision.validation.offers import parse, read_offers

TODAY = date(2026, 12, 1)
ROLES = {"roles/nginx": "2" * 64}


def look(company: Company, offers, *, roles=ROLES, today=TODAY, days=3650):
    standard = Standard(lifetimes(), roles, today, timedelta(days=days))
    return {(row.component, row.system): row for row in rows(company, offers, standard)}


@pytest.fixture
def company(world: World) -> Company:
    """The sample's, where nginx was run on both systems."""
    found = world.case().company
    name = next(one.record for one in found.software.content.entries if one.component == "apache")
    entry = found.software.content.find("apache")[0]
    content = found.records[name].content.model_copy(
        update={
            "tested": (run("debian12", "2.4.62-1", package="apache"), run("debian13", "2.4.65-2", package="apache"))
        }
    )
    records = {**found.records, entry.record: RecordOnFile(content, found.records[name].sha256)}
    return Company(found.staff, found.software, records, found.inputs, found.policy)


APACHE = {"roles/apache": "2" * 64}


def test_nothing_is_due_where_the_tested_series_is_offered(company):
    row = look(company, {"debian13": {"apache": "2.4.66-1"}}, roles=APACHE)["apache", "debian13"]

    assert (row.approved, row.tested, row.due, row.notes) == (True, "2.4.65-2", (), ())


@pytest.mark.parametrize(
    ("offered", "arguments", "reason"),
    [
        ("2.6.0-1", {}, "2.6.0-1 is not approved"),
        ("2.4.66-1", {"roles": {"roles/apache": "9" * 64}}, "the role has changed since it was tested"),
        ("2.4.66-1", {"today": date(2032, 1, 1), "days": 1000}, "days ago"),
    ],
)
def test_why_something_is_due(company, offered, arguments, reason):
    row = look(company, {"debian13": {"apache": offered}}, **{"roles": APACHE, **arguments})["apache", "debian13"]

    assert any(reason in one for one in row.due)
    assert row.command == "koor-provision software validate apache --system debian13"


def test_without_a_run_on_record_one_is_due(company, world):
    record = company.records["validations/php-update-1.yml"]
    bare = RecordOnFile(record.content.model_copy(update={"tested": ()}), record.sha256)
    records = {**company.records, "validations/php-update-1.yml": bare}
    company = Company(company.staff, company.software, records, company.inputs, company.policy)

    assert look(company, {"debian13": {"php": "8.4.11-1"}})["php", "debian13"].due == ("no test run is on record",)


def test_what_is_approved_and_not_offered_is_told_and_not_due(company):
    row = look(company, {"debian13": {}})["mariadb", "debian13"]

    assert (row.due, row.notes) == ((), ("approved, and not offered there",))


def test_ends_of_support_are_told_half_a_year_before(company):
    offers = {"debian12": {"php": "8.2.29-1"}}

    assert any("ends 2026-12-31" in note for note in look(company, offers)["php", "debian12"].notes)
    assert not look(company, offers, today=date(2026, 3, 1))["php", "debian12"].notes
    assert any(
        "ended 2026-12-31" in note for note in look(company, offers, today=date(2027, 1, 1))["php", "debian12"].notes
    )


def test_what_nobody_ever_approved_is_proposed(company):
    assert look(company, {"debian13": {"varnish": "7.7-1"}})["varnish", "debian13"].due == ("7.7-1 is not approved",)


def test_lifetimes_are_of_components_that_a_role_knows():
    assert lifetimes().of("postgresql").numbers == 1
    assert lifetimes().of("unheard-of").ends == {}


def test_candidates_are_read_as_apt_tells_them():
    policy = (
        "nginx:\n  Installed: (none)\n  Candidate: 1.26.3-3\n  Version table:\n     1.26.3-3 500\n        500 mirror\n"
        "wkhtmltopdf:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n"
        "php8.4-common:\n  Installed: 8.4.1-1\n  Candidate: 8.4.11-1\n"
    )

    assert parse(policy) == {"nginx": "1.26.3-3", "php8.4-common": "8.4.11-1"}


def test_offers_can_come_from_a_file():
    text = b"debian13:\n  nginx: 1.26.3-3\n"

    assert read_offers(Content("offers.yml", text)) == {"debian13": {"nginx": "1.26.3-3"}}


def test_people_get_the_commands_and_programs_everything(company):
    found = list(look(company, {"debian13": {"apache": "2.6.0-1"}}).values())
    text = click.unstyle(report.text(found, lifetimes().checked))

    assert "  due apache         2.6.0-1" in text
    assert "1 validation is due:\n  koor-provision software validate apache --system debian13" in text
    data = json.loads(report.as_json(found, lifetimes().checked))
    assert next(row for row in data["rows"] if row["component"] == "apache")["due"] == ["2.6.0-1 is not approved"]
