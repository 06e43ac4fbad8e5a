"""PostgreSQL keeps the ordered databases for this server, and each account to its rights."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatch
from typing import Any

import pytest

Facts = dict[str, Any]

LOOPBACK = "0100007F"
TRIED = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "CREATE", "DROP"}


@pytest.fixture(scope="module")
def accounts(options: Callable[[str], Facts]) -> list[Facts]:
    return options("postgresql")["postgresql_accounts"]


@pytest.fixture(scope="module")
def postgresql(probe: Callable[..., Facts], accounts: list[Facts]) -> Facts:
    return probe("probe_postgresql.py", accounts=accounts, secrets="/etc/koor-provision/secrets")


def test_server_runs_now_and_after_a_restart(postgresql: Facts) -> None:
    assert postgresql["unit"] == {"ActiveState": "active", "UnitFileState": "enabled"}
    assert postgresql["cluster"] == "active"


def test_server_listens_on_loopback_only(postgresql: Facts) -> None:
    assert postgresql["addresses"] == [LOOPBACK]


def test_running_server_has_the_configured_values(postgresql: Facts) -> None:
    factors = {"kB": 1, "MB": 2**10, "GB": 2**20}

    def plain(value: str) -> str:
        match = re.fullmatch(r"(\d+)(kB|MB|GB)", value)
        return f"{int(match[1]) * factors[match[2]]}kB" if match else value

    running = {name: plain(value) for name, value in postgresql["running"].items()}
    assert running == {name: plain(value) for name, value in postgresql["settings"].items()}


def test_postgres_comes_in_by_the_socket_and_as_itself_only(postgresql: Facts) -> None:
    assert not postgresql["postgres_over_tcp"]
    assert not postgresql["postgres_as_other_user"]


def test_each_account_can_do_exactly_what_was_granted(postgresql: Facts, accounts: list[Facts]) -> None:
    able = {name: set(account["abilities"]) for name, account in postgresql["accounts"].items()}
    # whoever makes a table owns it
    assert able == {
        account["name"]: TRIED if "CREATE" in account["privileges"] else set(account["privileges"]) & TRIED
        for account in accounts
    }


def test_each_account_reaches_its_own_database_only(postgresql: Facts, accounts: list[Facts]) -> None:
    reached = {name: account["databases"] for name, account in postgresql["accounts"].items()}
    assert reached == {account["name"]: [account["database"]] for account in accounts}


def test_databases_hold_every_letter(postgresql: Facts) -> None:
    assert {account["encoding"] for account in postgresql["accounts"].values()} <= {"UTF8"}


def test_passwords_are_for_root_only_and_kept_as_scram(postgresql: Facts, accounts: list[Facts]) -> None:
    assert postgresql["secrets"] == "root:700"
    assert {account["secret"] for account in postgresql["accounts"].values()} <= {"root:600"}
    assert {account["name"]: postgresql["kept"][account["name"]] for account in accounts} == {
        account["name"]: "SCRAM-SHA-256$" for account in accounts
    }


def test_backups_are_made_every_day_unless_ordered_otherwise(
    postgresql: Facts, options: Callable[[str], Facts]
) -> None:
    made = {"ActiveState": "active", "UnitFileState": "enabled"}
    wanted = (
        made if options("postgresql")["postgresql_backup"] else {"ActiveState": "inactive", "UnitFileState": "disabled"}
    )
    assert postgresql["timer"] == wanted


def test_updates_are_held_to_the_installed_series(postgresql: Facts, options: Callable[[str], Facts]) -> None:
    held = postgresql["pinned"]["held"]
    assert bool(held) is options("postgresql")["postgresql_pin"]
    assert all(fnmatch(postgresql["pinned"]["installed"], one) and one != "*" for one in held)
