"""MariaDB keeps the ordered databases for this server, and each account to its rights."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch
from typing import Any

import pytest

Facts = dict[str, Any]

LOOPBACK = "0100007F"
TRIED = {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP"}


@pytest.fixture(scope="module")
def accounts(options: Callable[[str], Facts]) -> list[Facts]:
    return options("mariadb")["mariadb_accounts"]


@pytest.fixture(scope="module")
def mariadb(probe: Callable[..., Facts], accounts: list[Facts]) -> Facts:
    return probe("probe_mariadb.py", accounts=accounts, secrets="/etc/koor-provision/secrets")


def test_server_runs_now_and_after_a_restart(mariadb: Facts) -> None:
    assert mariadb["unit"] == {"ActiveState": "active", "UnitFileState": "enabled"}


def test_server_listens_on_loopback_only(mariadb: Facts) -> None:
    assert mariadb["addresses"] == [LOOPBACK]


def test_running_server_has_the_configured_values(mariadb: Facts) -> None:
    units = {"K": 2**10, "M": 2**20, "G": 2**30}

    def plain(value: str) -> str:
        return str(int(value[:-1]) * units[value[-1]]) if value[-1:] in units and value[:-1].isdigit() else value

    assert mariadb["running"] == {name: plain(value) for name, value in mariadb["settings"].items()}


def test_root_comes_in_by_the_socket_and_as_root_only(mariadb: Facts) -> None:
    assert not mariadb["root_over_tcp"]
    assert not mariadb["root_as_other_user"]


def test_each_account_can_do_exactly_what_was_granted(mariadb: Facts, accounts: list[Facts]) -> None:
    able = {name: set(account["abilities"]) for name, account in mariadb["accounts"].items()}
    assert able == {account["name"]: set(account["privileges"]) & TRIED for account in accounts}


def test_each_account_sees_its_own_database_only(mariadb: Facts, accounts: list[Facts]) -> None:
    seen = {name: set(account["databases"]) - {"information_schema"} for name, account in mariadb["accounts"].items()}
    assert seen == {account["name"]: {account["database"]} for account in accounts}


def test_passwords_are_for_root_only(mariadb: Facts) -> None:
    assert mariadb["secrets"] == "root:700"
    assert {account["secret"] for account in mariadb["accounts"].values()} <= {"root:600"}


def test_there_is_no_account_without_a_name_or_for_everywhere(mariadb: Facts) -> None:
    users = {(user, host) for user, host in mariadb["users"]}
    assert not {user for user in users if not user[0] or user[1] == "%"}
    assert users >= {("root", "localhost")}


def test_ordered_databases_are_there(mariadb: Facts, options: Callable[[str], Facts]) -> None:
    assert {database["name"] for database in options("mariadb")["mariadb_databases"]} <= set(mariadb["databases"])


def test_backups_are_made_every_day_unless_ordered_otherwise(mariadb: Facts, options: Callable[[str], Facts]) -> None:
    made = {"ActiveState": "active", "UnitFileState": "enabled"}
    wanted = made if options("mariadb")["mariadb_backup"] else {"ActiveState": "inactive", "UnitFileState": "disabled"}
    assert mariadb["timer"] == wanted


def test_updates_are_held_to_the_installed_series(mariadb: Facts, options: Callable[[str], Facts]) -> None:
    held = mariadb["pinned"]["held"]
    assert bool(held) is options("mariadb")["mariadb_pin"]
    assert all(fnmatch(mariadb["pinned"]["installed"], one) and one != "*" for one in held)
