"""Updates of the installed series come, and another series does not, whatever a repository offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = dict[str, Any]

# Of each system: the server's package, the newest of the series that our repository offers, and of another one.
MARIADB = {"12": ("mariadb-server", "1:10.11.99", "1:99.0.1"), "13": ("mariadb-server", "1:11.8.99", "1:99.0.1")}
POSTGRESQL = {"12": ("postgresql-15", "15.99", "16.1"), "13": ("postgresql-17", "17.99", "18.1")}
SERVERS = {"mariadb": MARIADB, "postgresql": POSTGRESQL}


@pytest.fixture(scope="module")
def engine(components: list[str]) -> str:
    return components[0]


@pytest.fixture(scope="module")
def server(host: Any, engine: str) -> tuple[str, str, str]:
    return SERVERS[engine][host.system_info.release.partition(".")[0]]


@pytest.fixture(scope="module")
def apt(probe: Callable[..., Facts], engine: str, server: tuple[str, str, str]) -> Facts:
    package, update, other = server
    offered = {package: [update, other], package.replace("server", "client"): [update, other]}
    if engine == "postgresql":
        series = update.partition(".")[0]
        offered |= {"postgresql": [f"{series}+999", "99+999"], "postgresql-99": ["99.1"], "postgresql-99-tool": ["1"]}
    return probe("probe_pin.py", offered=offered, server=package)


def test_repository_could_be_read_and_would_bring_another_series(apt: Facts, server: tuple[str, str, str]) -> None:
    package, _, other = server
    assert apt["updated"] == [0, ""]
    assert apt["unpinned"][package] == other


def test_update_of_the_series_comes_and_another_series_does_not(apt: Facts, server: tuple[str, str, str]) -> None:
    package, update, _ = server
    assert apt["pinned"][package] == update
    assert apt["pinned"][package.replace("server", "client")] == update
    series = update.rpartition(".")[0]
    assert apt["installed"].startswith(f"{series}.")


@pytest.mark.needs("postgresql")
def test_no_package_brings_another_series_beside(apt: Facts, server: tuple[str, str, str]) -> None:
    series = server[1].partition(".")[0]
    assert apt["pinned"]["postgresql"] == f"{series}+999"
    assert apt["pinned"]["postgresql-99"] == "(none)"
    assert apt["pinned"]["postgresql-99-tool"] == "1"
