"""PHP does what was ordered, on the command line and for the web."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

EXTENSIONS = {
    "apcu", "bcmath", "bz2", "curl", "dom", "fileinfo", "gd", "gmp", "imagick", "intl", "ldap", "mbstring", "memcached",
    "mysqli", "pdo_mysql", "pdo_pgsql", "pdo_sqlite", "pgsql", "phar", "redis", "soap", "sqlite3", "xml", "zip",
}  # fmt: skip
VERSIONS = {"debian12": "8.2", "debian13": "8.4"}

Facts = dict[str, Any]


@pytest.fixture(scope="module")
def php(probe: Callable[..., Facts], handler: str, site: Facts) -> Facts:
    place = {name: site[name] for name in ("document_root", "https", "server_name")}
    return probe("probe_php.py", handler=handler, **place)


def test_web_and_command_line_have_the_version_of_the_system(php: Facts, order: Facts) -> None:
    wanted = VERSIONS.get(order.get("system", ""), php["cli"]["version"])
    assert {php["cli"]["version"], php["web"]["version"]} == {wanted}


def test_web_and_command_line_have_every_extension(php: Facts) -> None:
    expected = EXTENSIONS | ({"imap"} if php["cli"]["version"] == "8.2" else set())
    assert expected - set(php["web"]["extensions"]) == set()
    assert expected - set(php["cli"]["extensions"]) == set()


def test_command_line_starts_without_complaint(php: Facts) -> None:
    assert php["cli_complaints"] == ""


def test_requests_have_the_ordered_limits(php: Facts, options: Callable[[str], Facts]) -> None:
    wanted, settings = options("php"), php["web"]["settings"]
    assert settings["memory_limit"] == wanted["php_memory_limit"]
    assert settings["upload_max_filesize"] == settings["post_max_size"] == wanted["php_upload_max"]
    assert settings["max_execution_time"] == str(wanted["php_max_execution_time"])
    assert settings["max_input_time"] == str(wanted["php_max_input_time"])
    assert settings["date.timezone"] == wanted["php_timezone"]


def test_visitors_learn_neither_errors_nor_version(php: Facts) -> None:
    assert php["web"]["settings"]["display_errors"] in {"", "0"}
    assert "x-powered-by" not in php["web_headers"]


def test_code_is_kept_compiled_and_jit_is_off(php: Facts) -> None:
    assert php["web"]["opcache"] is True
    assert php["web"]["jit"] is False


def test_code_runs_as_the_web_user(php: Facts) -> None:
    assert php["web"]["user"] == "www-data"


def test_only_the_ordered_handler_runs(php: Facts, handler: str) -> None:
    assert php["other_sockets"] == []
    if handler == "fpm":
        assert php["web"]["interface"] == "fpm-fcgi"
        assert php["socket"] == {"owner": "www-data", "group": "www-data", "mode": "660"}
        assert php["unit"] == {"ActiveState": "active", "UnitFileState": "enabled"}
    else:
        assert php["web"]["interface"] == "apache2handler"
        assert php["socket"] == {}
        assert php["unit"]["ActiveState"] == "inactive"
