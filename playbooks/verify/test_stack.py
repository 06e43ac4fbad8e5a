"""The components work together: a page of PHP, through the web server, reads from the database by the new account."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]


@pytest.fixture(scope="module")
def stack(probe: Callable[..., Facts], components: list[str], site: Facts, options: Callable[[str], Facts]) -> Facts:
    if not {"php", "apache"} <= set(components):
        pytest.skip("a page needs PHP and a web server, and the order has not both")
    readers = [one for one in options("mariadb")["mariadb_accounts"] if "SELECT" in one["privileges"]]
    account = readers[0] if "mariadb" in components and readers else None
    place = {name: site[name] for name in ("document_root", "https", "server_name")}
    return probe("probe_stack.py", account=account, secrets="/etc/koor-provision/secrets", **place)


@pytest.fixture
def pages(stack: Facts, site: Facts) -> dict[str, Facts]:
    """Return the answers to be judged: plain HTTP has none where it only leads to HTTPS."""
    return {way: page for way, page in stack["answers"].items() if way == "https" or not site["https_redirect"]}


def test_page_reads_from_the_database(stack: Facts, pages: dict[str, Facts]) -> None:
    assert {way: page["status"] for way, page in pages.items()} == dict.fromkeys(pages, 200)
    assert {way: json.loads(page["body"])["row"] for way, page in pages.items()} == dict.fromkeys(pages, stack["word"])


def test_page_knows_how_it_was_asked(pages: dict[str, Facts], handler: str) -> None:
    interface = {"fpm": "fpm-fcgi", "mod_php": "apache2handler"}[handler]
    for way, page in pages.items():
        told = json.loads(page["body"])
        assert (told["https"], told["interface"]) == (way == "https", interface)


def test_header_of_the_application_wins_and_is_sent_once(pages: dict[str, Facts]) -> None:
    for page in pages.values():
        assert [value for name, value in page["headers"] if name == "x-frame-options"] == ["DENY"]


def test_plain_http_leads_to_https_where_ordered(stack: Facts, site: Facts) -> None:
    assert (stack["answers"]["http"]["status"] == 308) is bool(site["https_redirect"])
