"""PHP reads from SQL Server over both drivers, as nobody but the accounts of the order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

SQL_SERVER_2022 = "16"


@pytest.fixture(scope="module")
def database(options: Callable[[str], Facts]) -> str:
    return str(options("sqlsrv")["sqlsrv_database"])


@pytest.fixture(scope="module")
def sqlsrv(probe: Callable[..., Facts], database: str) -> Facts:
    return probe("probe_sqlsrv.py", database=database, secrets="/etc/koor-provision/secrets")


def test_php_reads_a_row_over_both_drivers(sqlsrv: Facts, database: str) -> None:
    for name, account in sqlsrv["accounts"].items():
        for driver, told in account["told"].items():
            hint = f"has the administrator of SQL Server run sqlsrv-{database}.sql? Then run install again"
            assert "complaint" not in told, f"{name} over {driver}: {told['complaint']} ({hint})"
            assert (told["same"], told["database"], told["login"]) == (True, database, name)


def test_server_is_the_approved_sql_server_2022(sqlsrv: Facts) -> None:
    told = [told.get("version") for account in sqlsrv["accounts"].values() for told in account["told"].values()]
    assert set(told) == {SQL_SERVER_2022}


def test_nobody_comes_in_with_another_password(sqlsrv: Facts) -> None:
    for account in sqlsrv["accounts"].values():
        assert all(set(told) == {"complaint"} for told in account["wrong"].values())


def test_passwords_are_for_root_only_and_the_statements_hold_none(sqlsrv: Facts) -> None:
    assert (sqlsrv["folder"], sqlsrv["statements"]) == ("root:root:700", "root:root:600")
    for account in sqlsrv["accounts"].values():
        assert (account["access"], account["in_statements"]) == ("root:root:600", False)


def test_name_leads_to_the_ordered_server_encrypted(sqlsrv: Facts, options: Callable[[str], Facts]) -> None:
    ordered, server = options("sqlsrv"), sqlsrv["server"]
    assert server["host"] == ordered["sqlsrv_server_host"]
    assert server["port"] == str(ordered["sqlsrv_port"])
    assert (server["encryption"], server["ca file"], server["check certificate hostname"]) == (
        "require",
        "system",
        "yes",
    )
    assert sqlsrv["source"]["servername"] == f"sqlsrv-{ordered['sqlsrv_database']}"
