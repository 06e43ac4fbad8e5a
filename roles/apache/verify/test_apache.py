"""Apache serves the site as ordered, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
}


@pytest.fixture(scope="module")
def apache(probe: Callable[..., Facts], site: Facts) -> Facts:
    place = {name: site[name] for name in ("document_root", "https", "server_name")}
    return probe("probe_apache.py", **place)


@pytest.fixture
def secure(apache: Facts, site: Facts) -> Facts:
    if not site["https"]:
        pytest.skip("the order has no HTTPS")
    return apache


def test_server_runs_now_and_after_a_restart(apache: Facts) -> None:
    assert apache["unit"] == {"ActiveState": "active", "UnitFileState": "enabled"}
    assert apache["test"] == 0


def test_plain_http_answers_or_leads_to_https(apache: Facts, site: Facts) -> None:
    plain = apache["plain"]
    assert plain["status"] == 308 if site["https_redirect"] else plain["status"] < 500
    if site["https_redirect"]:
        assert dict(plain["headers"])["location"].startswith("https://")


def test_https_answers(secure: Facts) -> None:
    assert secure["secure"]["status"] < 500


def test_tls_is_new_and_old_tls_is_refused(secure: Facts) -> None:
    assert secure["newest"]["version"] == "TLSv1.3"
    assert "refused" in secure["old"]


def test_http2_is_spoken_where_php_allows_it(secure: Facts, handler: str) -> None:
    assert secure["newest"]["protocol"] == ("http/1.1" if handler == "mod_php" else "h2")


def test_no_other_web_server_waits_for_the_ports(apache: Facts) -> None:
    assert apache["rival"]["ActiveState"] == "inactive"
    assert apache["rival"]["UnitFileState"] in {"", "disabled"}


def test_keys_are_for_root_only(apache: Facts) -> None:
    assert set(apache["keys"].values()) <= {"root:600"}


def test_each_security_header_is_sent_once(apache: Facts, site: Facts) -> None:
    headers = apache["secure" if site["https"] else "plain"]["headers"]
    sent = [[name, value] for name, value in headers if name in SECURITY_HEADERS]
    assert sorted(sent) == sorted([name, value] for name, value in SECURITY_HEADERS.items())


def test_visitors_do_not_learn_the_version(apache: Facts) -> None:
    assert dict(apache["plain"]["headers"])["server"] == "Apache"


def test_what_is_not_for_visitors_is_refused(apache: Facts) -> None:
    assert apache["hidden"] == 403, "a file that begins with a dot"
    assert apache["listing"] == 403, "the contents of a directory"
    assert apache["trace"] == 405, "the method TRACE"
