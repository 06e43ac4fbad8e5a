"""What an order may contain: the components of the policy, and the options of each.

An option's value reaches Ansible only as a variable from a fixed list (`provision.variables`), and its pattern here is
the only thing that may stand in it.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag

from koor_provision.models.application import Application
from koor_provision.models.base import Flag, Model, Slug

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
    FURTHER = "further software"
    APPLICATION = "application"


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
    backup: Flag = True
    backup_keep: BackupsKept = 14


class Postgresql(Model):
    """PostgreSQL, local only, with one database and five accounts that each do one kind of work, and daily backups."""

    component: Literal["postgresql"]
    database: DatabaseName = "koor"
    backup: Flag = True
    backup_keep: BackupsKept = 14


class Sqlite(Model):
    """SQLite, with one database file for the web user, and daily backups."""

    component: Literal["sqlite"]
    database: DatabaseName = "koor"
    backup: Flag = True
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


def _not_of_sql_server(name: str) -> str:
    if name in {"master", "model", "msdb", "tempdb", "resource", "sa", "guest", "dbo", "sys", "public"}:
        raise ValueError("is a name that SQL Server has for itself")
    return name


class Sqlsrv(Model):
    """SQL Server 2022 on a host of its own, since it does not run on Debian; the target is given the client for it."""

    component: Literal["sqlsrv"]
    server_host: Annotated[ServerName, Field(max_length=100)]
    server_system: Literal["rhel", "sles", "ubuntu"]
    port: Annotated[int, Field(ge=1, le=65535)] = 1433
    driver: Literal["debian", "microsoft"] = "debian"
    database: Annotated[DatabaseName, AfterValidator(_not_of_sql_server)] = "koor"


OWN = "application"
"""Our own software: ordered and pinned like any other, but nobody's to approve as a customer's (R8, R9)."""


class ThirdParty(Model):
    """Further software, by its name on the approved list. What it brings is data of the role third_party."""

    component: Slug


ROLE_OF: dict[str, Role] = {
    "php": Role.LANGUAGE,
    "apache": Role.WEB,
    "nginx": Role.WEB,
    "mariadb": Role.DATABASE,
    "postgresql": Role.DATABASE,
    "sqlite": Role.DATABASE,
    "sqlsrv": Role.DATABASE,
    "redis": Role.CACHE,
    "memcached": Role.CACHE,
    "application": Role.APPLICATION,
}
"""Every component with options and a role of its own. Whatever else an order names is further software."""


def _tag(value: object) -> str:
    name = value.get("component") if isinstance(value, dict) else getattr(value, "component", None)
    return name if isinstance(name, str) and name in ROLE_OF else Role.FURTHER


Component = Annotated[
    Annotated[Php, Tag("php")]
    | Annotated[Apache, Tag("apache")]
    | Annotated[Nginx, Tag("nginx")]
    | Annotated[Mariadb, Tag("mariadb")]
    | Annotated[Postgresql, Tag("postgresql")]
    | Annotated[Sqlite, Tag("sqlite")]
    | Annotated[Sqlsrv, Tag("sqlsrv")]
    | Annotated[Redis, Tag("redis")]
    | Annotated[Memcached, Tag("memcached")]
    | Annotated[Application, Tag("application")]
    | Annotated[ThirdParty, Tag(Role.FURTHER)],
    Discriminator(_tag),
]


def kind_of(name: str) -> Role:
    """What a component is on the server."""
    return ROLE_OF.get(name, Role.FURTHER)


def role_of(name: str) -> str:
    """The Ansible role that knows a component."""
    return name if name in ROLE_OF else "third_party"
