"""What a list changes, in words: by component and system, and whether it is the successor."""

import json
from datetime import date
from typing import Any

import click
import pytest
from tests.world import World

from koor_provision.models.software import ApprovedSoftware
from koor_provision.report.software import Listed, changes, diff_json, diff_text, list_json, list_text, rows

DAY = date(2027, 3, 20)


def approved(*entries: dict[str, Any], **more: Any) -> ApprovedSoftware:
    whole = {"approved": "2027-03-10", "record": "validations/x.yml", "record_sha256": "0" * 64}
    head = {"kind": "approved-software", "version": "1", "issued": "2027-03-10", "expires": "2028-03-09"}
    return ApprovedSoftware.model_validate({**head, "entries": [{**whole, **entry} for entry in entries], **more})


def php(versions: str = ">=8.2|<8.5~", *systems: str, **more: str) -> dict[str, Any]:
    return {"component": "php", "versions": f"vers:deb/{versions}", "systems": systems or ("debian12",), **more}


BASE = approved(php())


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (approved(php()), []),
        (approved(), [("removed", ("debian12",))]),
        (approved(php(">=8.2|<8.6~")), [("widened", ("debian12",))]),
        (approved(php(">=8.2")), [("widened", ("debian12",))]),
        (approved(php(">=8.3|<8.5~")), [("narrowed", ("debian12",))]),
        (approved(php(">=8.2|<8.5~|!=8.3.1")), [("narrowed", ("debian12",))]),
        (approved(php("8.2.1|8.2.2")), [("narrowed", ("debian12",))]),
        (approved(php(">=8.3|<8.6~")), [("moved", ("debian12",))]),
        (approved(php(">=8.2|<8.5~", "debian12", "debian13")), [("added", ("debian13",))]),
        (approved(php(">=8.2|<8.5~", "debian13")), [("removed", ("debian12",)), ("added", ("debian13",))]),
        (approved(php(approved="2027-03-11")), [("approved again", ("debian12",))]),
        (approved(php(record_sha256="1" * 64)), [("approved again", ("debian12",))]),
        (approved(php(), php("9.0-1")), [("widened", ("debian12",))]),
    ],
)
def test_changes(new, said):
    found = changes(BASE, new)

    assert [(one.change, one.systems) for one in found] == said
    assert all(one.component == "php" for one in found)


def test_the_other_way_round_is_the_opposite():
    opposite = {"widened": "narrowed", "narrowed": "widened", "added": "removed", "removed": "added"}
    for new in (approved(php(">=8.2|<8.6~")), approved(php(">=8.3|<8.5~")), approved()):
        (there,), (back,) = changes(BASE, new), changes(new, BASE)
        assert back.change == opposite[there.change]
        assert (back.before, back.after) == (there.after, there.before)


def test_systems_with_the_same_change_stand_together():
    old = approved(php(">=8.2|<8.5~", "debian12", "debian13"))

    (only,) = changes(old, approved(php(">=8.2|<8.6~", "debian12", "debian13")))

    assert only.systems == ("debian12", "debian13")
    assert (only.before, only.after) == (">= 8.2, < 8.5~", ">= 8.2, < 8.6~")


def test_the_successor_is_called_one():
    old = Listed("old.yml", "a" * 64, BASE)
    successor = Listed("new.yml", "b" * 64, approved(php(">=8.3"), version="2", previous_sha256="a" * 64))
    stranger = Listed("new.yml", "b" * 64, approved(php(">=8.3"), version="2", previous_sha256="c" * 64))
    backwards = Listed("new.yml", "b" * 64, approved(php(), version="1", previous_sha256="a" * 64))

    assert "it is the successor" in diff_text(old, successor)
    assert "it is not the successor" in click.unstyle(diff_text(old, stranger))
    assert f"previous_sha256: {'a' * 64}" in diff_text(old, stranger)
    assert "approves the same as before" in diff_text(old, backwards)
    assert "it is the same list" in diff_text(old, old)
    assert [json.loads(diff_json(old, one))["successor"] for one in (successor, stranger, backwards)] == [
        True, False, False,
    ]  # fmt: skip


def test_a_list_tells_the_age_of_its_tests(world: World):
    case = world.case()
    found = rows(case.company, DAY)

    assert [row.component for row in found][:3] == ["php", "apache", "mariadb"]
    assert (found[0].tested, found[0].age_days, found[0].record_as_approved) == ("2027-03-10", 10, True)
    text = click.unstyle(list_text(case.company.software, found, DAY))
    assert "version 1: signed by cto, valid from 2027-03-10 until before 2028-03-09" in text
    assert "tested 2027-03-10, 10 days ago" in text
    data = json.loads(list_json(case.company.software, found, DAY))
    assert (data["version"], data["valid"], data["signed_by"]) == (1, True, ["cto"])
    assert data["entries"][0]["age_days"] == 10


def test_a_list_tells_what_is_wrong_with_a_record(world: World):
    del world.trees["php-record"]
    world.trees["apache-record"]["update"]["production_problems"]["result"] = "Some."
    case = world.case()
    found = rows(case.company, DAY)

    text = click.unstyle(list_text(case.company.software, found, DAY))
    assert "validations/php-update-1.yml: the record is missing" in text
    assert "validations/apache-update-1.yml: the record is not the one that was approved" in text
    assert found[0].age_days is None
