"""Sizes of PHP, databases and caches for the machine that the image woke up on: the roles' own formulas.

The roles fill these files from memory and cores of the server that they configure. An image is configured before
anybody knows the machine, so the same numbers are put into the same files at first boot. A test holds both against
each other.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """What sizes follow.

    Attributes:
        ordered: caches whose memory was ordered, so that it follows nothing.
    """

    memory_mb: int
    cores: int
    components: Collection[str]
    ordered: Collection[str] = ()


@dataclass(frozen=True)
class Sized:
    """A file with sizes in it: where it lies, and for each pattern what stands in place of its one group."""

    files: str
    values: dict[str, int]

    def rewrite(self, text: str) -> str:
        """The file with the values put in."""
        for pattern, value in self.values.items():
            text = re.sub(
                pattern,
                lambda match, value=value: match[0].replace(match[1], str(value)),  # type: ignore[misc]  # bound now
                text,
                flags=re.MULTILINE,
            )
        return text


def _from(machine: Machine) -> dict[str, int]:
    """The comment above the sizes."""
    return {r"from (\d+) MB of memory": machine.memory_mb, r"MB of memory and (\d+) cores": machine.cores}


def sized(machine: Machine) -> Iterator[Sized]:
    """Every file whose content follows the machine."""
    yield from _php(machine)
    yield Sized("/etc/apache2/conf-available/zz-koor.conf", _from(machine) | {
        r"^ +MaxRequestWorkers (\d+)$": min(max(machine.memory_mb // 3 // 64, 8), 150),
    })  # fmt: skip
    yield _mariadb(machine)
    yield _postgresql(machine)
    cache = max(machine.memory_mb // 16, 64)
    for name, file, pattern in (
        ("redis", "/etc/redis/koor.conf", r"^maxmemory (\d+)mb$"),
        ("memcached", "/etc/memcached.conf", r"^-m (\d+)$"),
    ):
        yield Sized(file, _from(machine) | ({} if name in machine.ordered else {pattern: cache}))


def _php(machine: Machine) -> Iterator[Sized]:
    share = 3 if {"mariadb", "postgresql"} & set(machine.components) else 2
    children = min(max(machine.memory_mb // share // 64, 4), 16 * machine.cores)
    spare = max(min(2 * machine.cores, children // 2), 1)
    yield Sized("/etc/php/*/fpm/pool.d/koor.conf", _from(machine) | {
        r"^pm\.max_children = (\d+)$": children,
        r"^pm\.start_servers = (\d+)$": spare,
        r"^pm\.min_spare_servers = (\d+)$": max(1, spare // 2),
        r"^pm\.max_spare_servers = (\d+)$": spare,
    })  # fmt: skip
    opcache = 256 if machine.memory_mb >= 4096 else 128  # noqa: PLR2004  # MB
    for folder in ("fpm", "apache2"):
        yield Sized(f"/etc/php/*/{folder}/conf.d/99-koor.ini", {r"^opcache\.memory_consumption = (\d+)$": opcache})


def _mariadb(machine: Machine) -> Sized:
    buffers = max(machine.memory_mb // (2 if list(machine.components) == ["mariadb"] else 4), 128)
    connections = max(16 * machine.cores + 20, 151)
    temporary = min(max(machine.memory_mb // 8 // connections, 16), 64)
    return Sized("/etc/mysql/mariadb.conf.d/90-koor.cnf", _from(machine) | {
        r"^innodb-buffer-pool-size = (\d+)M$": buffers,
        r"^innodb-log-file-size = (\d+)M$": min(max(buffers // 4, 96), 512),
        r"^max-connections = (\d+)$": connections,
        r"^tmp-table-size = (\d+)M$": temporary,
        r"^max-heap-table-size = (\d+)M$": temporary,
    })  # fmt: skip


def _postgresql(machine: Machine) -> Sized:
    memory, cores = machine.memory_mb, machine.cores
    buffers = max(memory // (4 if list(machine.components) == ["postgresql"] else 8), 128)
    connections = max(16 * cores + 20, 100)
    return Sized("/etc/postgresql/*/main/conf.d/koor.conf", _from(machine) | {
        r"^shared_buffers = '(\d+)MB'$": buffers,
        r"^effective_cache_size = '(\d+)MB'$": 2 * buffers,
        r"^maintenance_work_mem = '(\d+)MB'$": min(max(memory // 32, 64), 1024),
        r"^work_mem = '(\d+)MB'$": min(max(memory // 8 // connections, 4), 64),
        r"^max_connections = '(\d+)'$": connections,
        r"^max_worker_processes = '(\d+)'$": max(cores, 8),
        r"^max_parallel_workers = '(\d+)'$": cores,
        r"^max_parallel_workers_per_gather = '(\d+)'$": min(cores // 2, 4),
    })  # fmt: skip
