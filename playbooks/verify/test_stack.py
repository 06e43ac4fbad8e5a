"""The components work together: a page of PHP, through the web server, reads from the databases and from the cache."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

pytestmark = pytest.mark.needs("php", "web")

CACHES = ("redis", "memcached")


@pytest.fixture(scope="module")
def databases(components: list[str], options: Callable[[str], Facts]) -> list[Facts]:
    """Return each database that is to be read, and the account that may."""
    found: list[Facts] = []
    for engine in ("mariadb", "postgresql"):
        if engine in components:
            readers = [one for one in options(engine)[f"{engine}_accounts"] if "SELECT" in one["privileges"]]
            found += [{"engine": engine, "database": one["database"], "account": one["name"]} for one in readers[:1]]
    if "sqlite" in components:
        names = [one["name"] for one in options("sqlite")["sqlite_databases"]]
        found += [{"engine": "sqlite", "database": name, "account": None} for name in names[:1]]
    return found


@pytest.fixture(scope="module")
def stack(probe: Callable[..., Facts], components: list[str], site: Facts, databases: list[Facts]) -> Facts:
    cache = next((name for name in CACHES if name in components), None)
    place = {name: site[name] for name in ("document_root", "https", "server_name")}
    return probe("probe_stack.py", databases=databases, cache=cache, secrets="/etc/koor-provision/secrets", **place)


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


def test_page_knows_how_it_was_asked(pages: Facts, handler: str) -> None:
    interface = {"fpm": "fpm-fcgi", "mod_php": "apache2handler"}[handler]
    for way, page in pages.items():
        told = json.loads(page["body"])
        assert (told["https"], told["interface"]) == (way == "https", interface)


def test_header_of_the_application_wins_and_is_sent_once(pages: Facts) -> None:
    for page in pages.values():
        assert [value for name, value in page["headers"] if name == "x-frame-options"] == ["DENY"]


def test_plain_http_leads_to_https_where_ordered(stack: Facts, site: Facts) -> None:
    assert (stack["page"]["http"]["status"] == 308) is bool(site["https_redirect"])
