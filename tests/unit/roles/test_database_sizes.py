"""Sizes of the database servers follow memory, cores and what else runs, and never ask for more than there is."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROOT = Path(__file__).parents[3]
MEMORY, CORES = (1024, 4096, 32768, 262144), (1, 4, 16, 64)  # MB; R10 asks for 4096 and 4
NAMES = {
    "mariadb": ["mariadb_buffer_pool_mb", "mariadb_max_connections", "__mariadb_temporary_mb", "__mariadb_log_file_mb"],
    "postgresql": [
        "postgresql_shared_buffers_mb", "postgresql_max_connections", "__postgresql_work_mb", "__postgresql_cache_mb",
        "__postgresql_maintenance_mb", "__postgresql_workers", "__postgresql_gather_workers",
    ],
}  # fmt: skip
BUFFERS = {"mariadb": "mariadb_buffer_pool_mb", "postgresql": "postgresql_shared_buffers_mb"}

Key = tuple[str, bool, int, int]  # role, alone on its server, memory in MB, cores
Sizes = dict[str, int]


@pytest.fixture(scope="module")
def sizes() -> dict[Key, Sizes]:
    """What the roles work out for servers of all sizes: their own files, put into Ansible's own templates."""
    loader, found = DataLoader(), {}
    known: dict[str, dict[str, Any]] = {}
    for role in NAMES:
        files = [str(ROOT / "roles" / role / part / "main.yml") for part in ("defaults", "vars")]
        known[role] = {
            name: value
            for file in files
            for name, value in loader.load_from_file(file, trusted_as_template=True).items()
        }
    for role, alone, memory, cores in product(NAMES, (True, False), MEMORY, CORES):
        server = {
            "koor_memory_mb": memory,
            "koor_cores": cores,
            "koor_components": [role] if alone else ["php", "nginx", role],
        }
        templar = Templar(loader, variables={**known[role], **server})
        answers = (templar.template(trust_as_template("{{ " + name + " | int }}")) for name in NAMES[role])
        found[role, alone, memory, cores] = dict(zip(NAMES[role], map(int, answers), strict=True))
    return found


def test_buffers_are_a_share_of_the_memory_and_smaller_beside_others(sizes: dict[Key, Sizes]) -> None:
    shares = {("mariadb", True): 2, ("mariadb", False): 4, ("postgresql", True): 4, ("postgresql", False): 8}
    for (role, alone, memory, cores), found in sizes.items():
        share = memory // shares[role, alone]
        assert found[BUFFERS[role]] == max(share, 128), (role, alone, memory, cores)


def test_each_core_brings_connections_and_there_are_some_for_people(sizes: dict[Key, Sizes]) -> None:
    for (role, _, _, cores), found in sizes.items():
        assert found[f"{role}_max_connections"] >= max(16 * cores + 20, 100)


def test_mariadb_keeps_to_the_memory_where_rules_ask_for_enough(sizes: dict[Key, Sizes]) -> None:
    for (role, _, memory, _), found in sizes.items():
        if role == "mariadb":
            assert 96 <= found["__mariadb_log_file_mb"] <= 512
            assert 16 <= found["__mariadb_temporary_mb"] <= 64
            temporary = found["__mariadb_temporary_mb"] * found["mariadb_max_connections"]
            assert found["__mariadb_temporary_mb"] == 16 or temporary <= memory // 8


def test_sorts_of_all_connections_fit_beside_the_buffers(sizes: dict[Key, Sizes]) -> None:
    for (role, _, memory, _), found in sizes.items():
        if role == "postgresql":
            assert 4 <= found["__postgresql_work_mb"] <= 64
            sorts = found["__postgresql_work_mb"] * found["postgresql_max_connections"]
            assert found["__postgresql_work_mb"] == 4 or sorts <= memory // 8
            assert 64 <= found["__postgresql_maintenance_mb"] <= min(max(memory // 32, 64), 1024)
            assert found["__postgresql_cache_mb"] <= memory // 2


def test_one_query_leaves_cores_to_others(sizes: dict[Key, Sizes]) -> None:
    for (role, _, _, cores), found in sizes.items():
        if role == "postgresql":
            assert found["__postgresql_workers"] >= cores
            assert found["__postgresql_gather_workers"] <= min(cores // 2, 4)
