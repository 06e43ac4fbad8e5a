"""The components work together: a page of PHP, through the web server, reads from the databases and from the cache."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

pytestmark = pytest.mark.needs("php", "web")

CACHES = ("redis", "memcached")
TRIED = {"INSERT", "SELECT", "UPDATE", "DELETE", "CREATE"}


@pytest.fixture(scope="module")
def databases(components: list[str], options: Callable[[str], Facts]) -> list[Facts]:
    """Return the first database of each engine, its accounts with their privileges, and the one that only reads."""
    found: list[Facts] = []
    for engine in ("mariadb", "postgresql", "sqlite"):
        if engine in components:
            database = options(engine)[f"{engine}_databases"][0]["name"]
            mine = [one for one in options(engine).get(f"{engine}_accounts", []) if one["database"] == database]
            accounts = {one["name"]: one["privileges"] for one in mine}
            readers = sorted(
                (name for name in accounts if "SELECT" in accounts[name]), key=lambda name: len(accounts[name])
            )
            found.append(
                {"engine": engine, "database": database, "accounts": accounts, "reader": next(iter(readers), None)}
            )
    return found


@pytest.fixture(scope="module")
def stack(
    probe: Callable[..., Facts], components: list[str], site: Facts, sites: list[Facts], databases: list[Facts]
) -> Facts:
    cache = next((name for name in CACHES if name in components), None)
    place = {name: site[name] for name in ("document_root", "https", "server_name")}
    return probe(
        "probe_stack.py",
        databases=databases,
        cache=cache,
        secrets="/etc/koor-provision/secrets",
        sites=[{name: one[name] for name in ("name", *place)} for one in sites],
        **place,
    )


@pytest.fixture
def judged(site: Facts) -> Callable[[Facts], Facts]:
    """Return the answers to be judged: plain HTTP has none where it only leads to HTTPS."""
    return lambda answers: {way: one for way, one in answers.items() if way == "https" or not site["https_redirect"]}


@pytest.fixture
def pages(stack: Facts, judged: Callable[[Facts], Facts]) -> Facts:
    return judged(stack["page"])


def test_page_reads_from_each_database_and_from_the_cache(stack: Facts, judged: Callable[[Facts], Facts]) -> None:
    for name, one in stack["found"].items():
        answers, field = judged(one["answers"]), name.split()[0]
        assert {way: page["status"] for way, page in answers.items()} == dict.fromkeys(answers, 200), name
        read = {way: json.loads(page["body"])[field] for way, page in answers.items()}
        assert read == dict.fromkeys(answers, one["word"]), name


def test_each_account_does_its_own_work_through_the_page_and_no_other(stack: Facts, databases: list[Facts]) -> None:
    for one in databases:
        able = {name: set(done) for name, done in stack["found"][f"row from {one['engine']}"]["able"].items()}
        # in PostgreSQL whoever makes a table owns it
        owners = {
            name for name, rights in one["accounts"].items() if "CREATE" in rights and one["engine"] == "postgresql"
        }
        assert able == {
            name: TRIED if name in owners else set(rights) & TRIED for name, rights in one["accounts"].items()
        }, one["engine"]


def test_page_knows_how_it_was_asked(pages: Facts, handler: str) -> None:
    interface = {"fpm": "fpm-fcgi", "mod_php": "apache2handler"}[handler]
    for way, page in pages.items():
        told = json.loads(page["body"])
        assert (told["https"], told["interface"]) == (way == "https", interface)


def test_each_site_is_run_by_its_own_pool(
    stack: Facts, sites: list[Facts], handler: str, options: Callable[[str], Facts]
) -> None:
    users = {
        pool.get("socket", f"/run/php/{pool['name']}.sock"): pool.get("user", "www-data")
        for pool in (options("php")["php_pools"] if handler == "fpm" else [])
    }
    assert stack["users"] == {site["name"]: users.get(site["php_socket"], "www-data") for site in sites}


def test_header_of_the_application_wins_and_is_sent_once(pages: Facts) -> None:
    for page in pages.values():
        assert [value for name, value in page["headers"] if name == "x-frame-options"] == ["DENY"]


def test_plain_http_leads_to_https_where_ordered(stack: Facts, site: Facts) -> None:
    assert (stack["page"]["http"]["status"] == 308) is bool(site["https_redirect"])
