"""The application was installed and works, by what it answers: its exit code and a page with 200 mislead."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

pytestmark = pytest.mark.needs("application")

WORKS = {name: name for name in ("schema", "insert", "select", "update", "delete")} | {"admin": "schema"}
MINIMUM = {"tables": 71, "modules": 13, "apps": 6}


@pytest.fixture(scope="module")
def ordered(options: Callable[[str], Facts]) -> Facts:
    return options("application")


@pytest.fixture(scope="module")
def application(probe: Callable[..., Facts], ordered: Facts, site: Facts) -> Facts:
    return probe(
        "probe_application.py",
        document_root=ordered["application_document_root"],
        server_name=site["server_name"],
        https=site["https"],
        database=ordered["application_database"],
        accounts=[account["name"] for account in ordered["application_accounts"]],
    )


def test_front_page_asks_to_sign_in(application: Facts) -> None:
    page = application["pages"]["/"]
    assert page["status"] == 403
    assert re.search(r"<title[^>]*>\s*[^<\s]", page["body"])


def test_api_answers_in_json(application: Facts) -> None:
    page = application["pages"]["/api"]
    assert page["status"] == 404
    assert isinstance(json.loads(page["body"]), dict | list)


def test_what_is_not_for_visitors_is_out_of_reach(application: Facts) -> None:
    for path in ("/config.php", "/Install/cli.php", "/cli.php"):
        page = application["pages"][path]
        assert page["status"] in {403, 404} or not page["body"], path


def test_installer_is_gone_and_its_account_too(application: Facts) -> None:
    assert not application["installer"]
    assert application["installing_account"] == [["0"]]


def test_each_connection_signs_in_with_the_account_for_its_work(application: Facts) -> None:
    assert {name: login.rpartition("_")[2] for name, login in application["logins"].items()} == WORKS


def test_accounts_may_do_their_own_work_in_one_database(application: Facts, ordered: Facts) -> None:
    database = ordered["application_database"].replace("_", r"\_")
    for account in ordered["application_accounts"]:
        granted = set()
        for line in application["accounts"][account["name"]]:
            rights, _, place = line.removeprefix("GRANT ").partition(" ON ")
            if place == f"`{database}`.*":
                granted = set(rights.split(", "))
            elif place != "*.*":
                table = place.partition(".")[2].strip("`")
                assert rights.split(", ") == account.get("tables", {}).get(table), place
        assert granted == set(account["privileges"]), account["name"]


def test_settings_and_key_are_for_the_application_only(application: Facts) -> None:
    assert application["access"]["config.php"] == "www-data:640"
    assert application["access"][".htaccess"] == "www-data:640"
    assert application["access"]["index.php"] == "www-data:644"
    assert application["kept"] == "600"


def test_ordered_version_is_the_one_that_is_there(application: Facts, ordered: Facts) -> None:
    assert application["deployed"]["sha256"] == ordered["application_sha256"]


def test_database_has_all_of_the_application(application: Facts) -> None:
    there = application["counts"]
    few = [f"{there[name]} {name} of at least {least}" for name, least in MINIMUM.items() if there[name] < least]
    if few:
        pytest.fail(f"the database has not all of the application: {', '.join(few)}", pytrace=False)


def test_localisation_of_the_server_is_set(application: Facts) -> None:
    assert application["localisation"] >= 1


def test_domain_of_the_order_leads_to_the_application(application: Facts, site: Facts) -> None:
    assert (site["server_name"] or "127.0.0.1") in application["domains"]


def test_units_departments_positions_and_groups_of_the_order_are_entered(application: Facts, ordered: Facts) -> None:
    for kind in ("unit", "department", "position", "group"):
        for one in ordered[f"application_{kind}s"]:
            name = one if isinstance(one, str) else one["name"]
            # What was entered once may have another name by now.
            assert name in application["entries"][kind] or name in application["entered"].get(kind, []), (
                f"enter it in the application, whose administrator has a password of their own: {kind} {name}"
            )


def test_administrator_is_in_the_group_of_administrators(application: Facts) -> None:
    assert int(application["admins"][0][0]) >= 1


def test_administrator_can_sign_in_unless_the_password_was_changed(application: Facts) -> None:
    met = application["signed_in"]
    assert met is None or (met["login"], met["backend"]) == (200, 200)
    assert met is None or met["length"] > 0
