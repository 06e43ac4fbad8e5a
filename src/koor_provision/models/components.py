"""What an order may contain: the components of the policy, and the options of each.

An option's value reaches Ansible only as a variable from a fixed list (`provision.variables`), and its pattern here is
the only thing that may stand in it.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from koor_provision.models.base import Model

MemorySize = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,4}[MG]\z")]
TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+(/[A-Za-z_+-]+){0,2}\z", max_length=40)]
ServerName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z", max_length=253),
]
ExtensionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}\z")]
DatabaseName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}\z")]
BackupsKept = Annotated[int, Field(ge=1, le=366)]
CacheMemory = Annotated[int, Field(ge=64, le=65536)]
Eviction = Literal["allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu", "volatile-ttl", "noeviction"]


class Role(StrEnum):
    """What a component is on the server."""

    LANGUAGE = "language"
    WEB = "web server"
    DATABASE = "database"
    CACHE = "cache"


class Php(Model):
    """PHP with its required and recommended extensions, and with those that `extensions` names besides."""

    component: Literal["php"]
    handler: Literal["fpm", "mod_php"] = "fpm"
    extensions: Annotated[tuple[ExtensionName, ...], Field(max_length=20)] = ()
    jit: bool = False
    memory_limit: MemorySize = "128M"
    upload_max: MemorySize = "40M"
    timezone: TimeZone = "UTC"


class Apache(Model):
    """Apache 2.4 with HTTP/2 and TLS."""

    component: Literal["apache"]
    server_name: ServerName | None = None


class Nginx(Model):
    """nginx with HTTP/2 and TLS; PHP runs in FPM."""

    component: Literal["nginx"]
    server_name: ServerName | None = None


class Mariadb(Model):
    """MariaDB, local only, with one database and five accounts that each do one kind of work, and daily backups."""

    component: Literal["mariadb"]
    database: DatabaseName = "koor"
    backup: StrictBool = True
    backup_keep: BackupsKept = 14


class Postgresql(Model):
    """PostgreSQL, local only, with one database and five accounts that each do one kind of work, and daily backups."""

    component: Literal["postgresql"]
    database: DatabaseName = "koor"
    backup: StrictBool = True
    backup_keep: BackupsKept = 14


class Sqlite(Model):
    """SQLite, with one database file for the web user, and daily backups."""

    component: Literal["sqlite"]
    database: DatabaseName = "koor"
    backup: StrictBool = True
    backup_keep: BackupsKept = 14


class Redis(Model):
    """Redis as a cache, local only, behind a password. Without `memory_mb` it follows the server's memory."""

    component: Literal["redis"]
    memory_mb: CacheMemory | None = None
    eviction: Eviction = "allkeys-lru"
    persistent: bool = False


class Memcached(Model):
    """Memcached as a cache, local only. Without `memory_mb` it follows the server's memory."""

    component: Literal["memcached"]
    memory_mb: CacheMemory | None = None


Component = Annotated[
    Php | Apache | Nginx | Mariadb | Postgresql | Sqlite | Redis | Memcached, Field(discriminator="component")
]

ROLE_OF: dict[str, Role] = {
    "php": Role.LANGUAGE,
    "apache": Role.WEB,
    "nginx": Role.WEB,
    "mariadb": Role.DATABASE,
    "postgresql": Role.DATABASE,
    "sqlite": Role.DATABASE,
    "redis": Role.CACHE,
    "memcached": Role.CACHE,
}
"""Every component that we have a role for. What the policy knows beyond these comes with its role."""
