"""Redis keeps a cache for this server, for whoever has its password, and no more than was ordered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

LOOPBACK = "0100007F"


@pytest.fixture(scope="module")
def redis(probe: Callable[..., Facts], components: list[str]) -> Facts:
    return probe("probe_redis.py", php="php" in components, secrets="/etc/koor-provision/secrets")


def test_server_runs_now_and_after_a_restart(redis: Facts) -> None:
    assert redis["unit"] == {"ActiveState": "active", "UnitFileState": "enabled"}


def test_server_listens_on_loopback_only(redis: Facts) -> None:
    assert redis["addresses"] == [LOOPBACK]


def test_nobody_comes_in_without_the_password(redis: Facts) -> None:
    assert redis["stranger"].startswith("-NOAUTH")
    assert redis["wrong"].startswith("-WRONGPASS")
    assert redis["welcome"] == "+OK"


def test_password_is_for_root_only_and_redis_has_its_digest(redis: Facts) -> None:
    assert (redis["secrets"], redis["secret"]) == ("root:root:700", "root:root:600")
    assert redis["account"] == "root:redis:640"
    assert not redis["password_in_account"]


def test_whoever_has_the_password_does_not_administer(redis: Facts) -> None:
    assert redis["administration"] == dict.fromkeys(redis["administration"], "-NOPERM")


def test_memory_ends_where_configured_and_the_ordered_data_goes(redis: Facts, options: Callable[[str], Facts]) -> None:
    limit = int(redis["configured"]["maxmemory"].removesuffix("mb")) * 2**20
    assert int(redis["info"]["maxmemory"]) == limit > 0
    assert redis["info"]["maxmemory_policy"] == options("redis")["redis_eviction"]


def test_data_outlives_a_restart_only_where_ordered(redis: Facts, options: Callable[[str], Facts]) -> None:
    assert redis["info"]["aof_enabled"] == str(int(options("redis")["redis_persistent"]))


def test_no_other_cache_serves(redis: Facts) -> None:
    assert redis["other_cache"][0] != "active"
    assert not redis["other_cache"][1]


def test_php_finds_what_it_put_there(redis: Facts) -> None:
    if "php" in redis:
        assert redis["php"] == {"hits": 1, "same": True}
