"""The web server, whichever was ordered, serves each site as ordered, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

pytestmark = pytest.mark.needs("web")

UNITS = {"apache": "apache2.service", "nginx": "nginx.service"}
SELF_TESTS = {"apache": ["apache2ctl", "configtest"], "nginx": ["nginx", "-t", "-q"]}
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
}


@pytest.fixture(scope="module")
def server(probe: Callable[..., Facts], sites: list[Facts], web_server: str) -> Facts:
    fields = ("name", "document_root", "https", "server_name")
    places = [{field: site[field] for field in fields} for site in sites]
    return probe("probe_web.py", sites=places, units=UNITS, server=web_server, self_test=SELF_TESTS[web_server])


@pytest.fixture
def visits(server: Facts, sites: list[Facts]) -> list[tuple[Facts, Facts]]:
    """Return each site as ordered, with what its visitor met."""
    return [(site, server["sites"][site["name"]]) for site in sites]


@pytest.fixture
def secure(visits: list[tuple[Facts, Facts]]) -> list[Facts]:
    """Return what the visitors of sites with HTTPS met."""
    found = [met for site, met in visits if site["https"]]
    if not found:
        pytest.skip("no site of the order has HTTPS")
    return found


def test_server_runs_now_and_after_a_restart(server: Facts, web_server: str) -> None:
    assert server["units"][web_server] == {"ActiveState": "active", "UnitFileState": "enabled"}
    assert server["self_test"] == 0


def test_no_other_web_server_waits_for_the_ports(server: Facts, web_server: str) -> None:
    others = [unit for name, unit in server["units"].items() if name != web_server]
    assert {unit["ActiveState"] for unit in others} <= {"inactive", "failed"}  # what did not stop in time was killed
    assert {unit["UnitFileState"] for unit in others} <= {"", "disabled"}


def test_plain_http_answers_or_leads_to_https(visits: list[tuple[Facts, Facts]]) -> None:
    for site, met in visits:
        assert met["plain"]["status"] == 308 if site["https_redirect"] else met["plain"]["status"] < 500
        if site["https_redirect"]:
            assert dict(met["plain"]["headers"])["location"] == f"https://{site['server_name'] or '127.0.0.1'}/"


def test_https_answers(secure: list[Facts]) -> None:
    assert all(met["secure"]["status"] < 500 for met in secure)


def test_tls_is_new_and_old_tls_is_refused(secure: list[Facts]) -> None:
    assert {met["newest"]["version"] for met in secure} == {"TLSv1.3"}
    assert all("refused" in met["old"] for met in secure)


def test_http2_is_spoken_where_php_allows_it(secure: list[Facts], handler: str) -> None:
    assert {met["newest"]["protocol"] for met in secure} == {"http/1.1" if handler == "mod_php" else "h2"}


def test_keys_are_for_root_only(server: Facts) -> None:
    assert set(server["keys"].values()) <= {"root:600"}


def test_each_site_serves_its_own_files(visits: list[tuple[Facts, Facts]]) -> None:
    assert [met["own"] for _, met in visits] == [f"word of {site['name']}" for site, _ in visits]


def test_each_security_header_is_sent_once(visits: list[tuple[Facts, Facts]]) -> None:
    for site, met in visits:
        headers = met["secure" if site["https"] else "plain"]["headers"]
        sent = [[name, value] for name, value in headers if name in SECURITY_HEADERS]
        assert sorted(sent) == sorted([name, value] for name, value in SECURITY_HEADERS.items())


def test_visitors_do_not_learn_the_version(visits: list[tuple[Facts, Facts]], web_server: str) -> None:
    for _, met in visits:
        assert dict(met["plain"]["headers"])["server"].lower() == web_server


def test_what_is_not_for_visitors_is_refused(visits: list[tuple[Facts, Facts]]) -> None:
    for _, met in visits:
        assert met["hidden"] == 403, "a file that begins with a dot"
        assert met["listing"] in {403, 404}, "the contents of a directory"
        assert met["trace"] == 405, "the method TRACE"


def test_every_log_is_turned_over(server: Facts, sites: list[Facts]) -> None:
    for site in sites:
        assert [log for log in server["open_logs"] if log.endswith(f"/{site['name']}-access.log")]
    assert set(server["open_logs"]) <= set(server["rotated_logs"])
    assert server["log_rotation"] == {"ActiveState": "active", "UnitFileState": "enabled"}
