"""SQL Server runs within its memory, from a repository that its own key vouches for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]


@pytest.fixture(scope="module")
def mssql(probe: Callable[..., Facts]) -> Facts:
    return probe("probe_mssql.py", secrets="/etc/koor-provision/secrets")


def test_server_runs_now_and_after_a_restart_and_listens(mssql: Facts) -> None:
    assert mssql["unit"] == {"ActiveState": "active", "UnitFileState": "enabled"}
    assert mssql["listens"]


def test_memory_ends_somewhere(mssql: Facts) -> None:
    assert int(mssql["memory"]) >= 2048


def test_administrators_password_is_for_root_only(mssql: Facts) -> None:
    assert mssql["secrets"] == ["root:root:700", "root:root:600"]


def test_repository_counts_by_its_own_key_only(mssql: Facts) -> None:
    assert "Signed-By: /etc/apt/keyrings/koor-mssql.asc" in mssql["source"]
