"""Memcached keeps a cache for this server, in as much memory as was ordered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

LOOPBACK = "0100007F"


@pytest.fixture(scope="module")
def memcached(probe: Callable[..., Facts], components: list[str]) -> Facts:
    return probe("probe_memcached.py", php="php" in components)


def test_server_runs_now_and_after_a_restart(memcached: Facts) -> None:
    assert memcached["unit"] == {"ActiveState": "active", "UnitFileState": "enabled"}


def test_server_listens_on_loopback_only(memcached: Facts) -> None:
    assert memcached["addresses"] == [LOOPBACK]
    assert not memcached["udp"]


def test_server_is_not_root(memcached: Facts) -> None:
    assert memcached["user"] == ["memcache"]


def test_running_server_has_the_configured_limits(memcached: Facts) -> None:
    wanted, running = memcached["configured"], memcached["running"]
    assert int(running["maxbytes"]) == int(wanted["-m"]) * 2**20
    assert int(running["item_size_max"]) == int(wanted["-I"].removesuffix("m")) * 2**20
    assert running["maxconns"] == wanted["-c"]
    assert running["evictions"] == "on"


def test_no_other_cache_serves(memcached: Facts) -> None:
    assert memcached["other_cache"][0] != "active"
    assert not memcached["other_cache"][1]


def test_php_finds_what_it_put_there(memcached: Facts) -> None:
    if "php" in memcached:
        assert memcached["php"] == {"hits": 1, "same": True}
