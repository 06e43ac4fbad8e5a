"""PHP does what was ordered, on the command line and for the web."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

EXTENSIONS = {
    "apcu", "bcmath", "bz2", "curl", "dom", "fileinfo", "gd", "gmp", "imagick", "intl", "ldap", "mbstring", "memcached",
    "mysqli", "pdo_mysql", "pdo_pgsql", "pdo_sqlite", "pgsql", "phar", "redis", "soap", "sqlite3", "xml", "zip",
}  # fmt: skip
VERSIONS = {"debian12": "8.2", "debian13": "8.4"}
SCOPE = Path(__file__).resolve().parent.parent / "meta" / "scope.yml"

Facts = dict[str, Any]


@pytest.fixture(scope="module")
def wanted(options: Callable[[str], Facts]) -> Facts:
    """Return what each request must find of settings, by the pool that runs it; mod_php has one for all."""
    role = options("php")
    common = {
        "memory_limit": role["php_memory_limit"],
        "upload_max_filesize": role["php_upload_max"],
        "post_max_size": role["php_upload_max"],
        "max_execution_time": role["php_max_execution_time"],
        "max_input_time": role["php_max_input_time"],
        "date.timezone": role["php_timezone"],
        "display_errors": False,
        **role["php_settings"],
    }
    if role["php_handler"] == "mod_php":
        return {"": common}
    return {pool["name"]: common | pool.get("settings", {}) for pool in role["php_pools"]}


@pytest.fixture(scope="module")
def pools(options: Callable[[str], Facts], handler: str) -> list[Facts]:
    """Return FPM's pools, each with its socket and its user; none where Apache runs PHP."""
    named = options("php")["php_pools"] if handler == "fpm" else []
    return [{"socket": f"/run/php/{pool['name']}.sock", "user": "www-data", **pool} for pool in named]


@pytest.fixture(scope="module")
def php(probe: Callable[..., Facts], handler: str, site: Facts, pools: list[Facts], wanted: Facts) -> Facts:
    names = sorted({name for settings in wanted.values() for name in settings})
    place = {name: site[name] for name in ("document_root", "https", "server_name")}
    return probe("probe_php.py", handler=handler, pools=pools, settings=names, **place)


def same(found: str, value: object) -> bool:
    """Tell whether a setting is as wanted; PHP knows several words for yes and no."""
    if isinstance(value, bool):
        return (found.lower() in {"1", "on"}) is value
    return found == str(value)


def test_web_and_command_line_have_the_version_of_the_system(php: Facts, order: Facts) -> None:
    version = VERSIONS.get(order.get("system", ""), php["cli"]["version"])
    assert {php["cli"]["version"], *(one["version"] for one in php["web"].values())} == {version}


def test_web_and_command_line_have_every_extension(php: Facts, options: Callable[[str], Facts]) -> None:
    system = next(system for system, version in VERSIONS.items() if version == php["cli"]["version"])
    offered = yaml.safe_load(SCOPE.read_text(encoding="utf-8"))["systems"][system]["choices"]["extensions"]
    further = {name for name in options("php")["php_extensions"] if name in offered}
    expected = EXTENSIONS | further | ({"imap"} & set(offered))
    for one in (php["cli"], *php["web"].values()):
        assert expected - set(one["extensions"]) == set()


def test_command_line_starts_without_complaint(php: Facts) -> None:
    assert php["cli_complaints"] == ""


def test_requests_have_the_ordered_settings(php: Facts, wanted: Facts) -> None:
    assert set(php["web"]) == set(wanted)
    for pool, settings in wanted.items():
        found = php["web"][pool]["settings"]
        assert {name: found[name] for name, value in settings.items() if not same(found[name], value)} == {}, pool


def test_visitors_do_not_learn_the_version(php: Facts) -> None:
    assert "x-powered-by" not in php["web_headers"]


def test_code_is_kept_compiled_and_jit_is_as_ordered(php: Facts, options: Callable[[str], Facts]) -> None:
    for one in php["web"].values():
        assert one["opcache"] is True
        assert one["jit"] is options("php")["php_jit"]


def test_code_runs_as_the_user_of_its_pool(php: Facts, pools: list[Facts]) -> None:
    users = {pool["name"]: pool["user"] for pool in pools} or {"": "www-data"}
    assert {name: one["user"] for name, one in php["web"].items()} == users


def test_only_the_ordered_handler_runs(php: Facts, handler: str, pools: list[Facts]) -> None:
    assert php["sockets"] == {
        pool["socket"]: {"owner": "www-data", "group": "www-data", "mode": "660"} for pool in pools
    }
    if handler == "fpm":
        assert {one["interface"] for one in php["web"].values()} == {"fpm-fcgi"}
        assert php["unit"] == {"ActiveState": "active", "UnitFileState": "enabled"}
    else:
        assert php["web"][""]["interface"] == "apache2handler"
        assert php["unit"]["ActiveState"] == "inactive"


def test_log_of_fpm_is_turned_over(php: Facts, handler: str) -> None:
    assert bool(php["open_logs"]) is (handler == "fpm")
    assert set(php["open_logs"]) <= set(php["rotated_logs"])
