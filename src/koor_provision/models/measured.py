"""What a look at a server found, for the install checklist (R12) and the yearly maintenance (R14)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=500)]
Number = Annotated[int, Field(ge=0)]
Names = Annotated[tuple[Text, ...], Field(max_length=200)]
Counts = Annotated[dict[Text, int | None], Field(max_length=100)]


class _Seen(BaseModel):
    """A server may be older than we are, and say more or less."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Front(_Seen):
    """How the front page answers; `milliseconds` is the middle of five."""

    status: Number = 0
    title: bool = False
    milliseconds: Number = 0
    api: Number = 0


class Files(_Seen):
    """The application's files against the version that was deployed.

    Attributes:
        known: how many files that version brought.
        changed, missing, strange: names; `generated` counts those that the application writes itself.
        odd: texts with letters that cannot be seen or that reorder others.
        old_calls: calls of functions that are gone from PHP, or announced to go.
    """

    known: Number = 0
    changed: Names = ()
    generated: Number = 0
    missing: Names = ()
    strange: Names = ()
    odd: Names = ()
    old_calls: Counts = Field(default_factory=dict)


class Application(_Seen):
    """The application on one server.

    Attributes:
        entered: names of what the order has entered and a run saw there, by kind: `unit`, `department`, `position`,
            `group`.
    """

    deployed: Annotated[dict[Text, Text], Field(max_length=20)] = Field(default_factory=dict)
    entered: Annotated[dict[Text, Annotated[tuple[Text, ...], Field(max_length=1000)]], Field(max_length=10)] = Field(
        default_factory=dict
    )
    configured: bool = False
    installer: bool = False
    domains: Names = ()
    front: Front = Front()
    counts: Counts = Field(default_factory=dict)
    logs: Counts = Field(default_factory=dict)
    files: Files = Files()
    storage_mb: Number = 0
    first_password: bool = False
    crontab: Number = 0

    def count(self, what: str) -> int | None:
        """How many there are; None where the application has nothing of the kind."""
        return self.counts.get(what)


class Machine(_Seen):
    """The server itself; sizes in MB."""

    system: Text = ""
    kernel: Text = ""
    processor: Text = ""
    cores: Number = 0
    memory_mb: Number = 0
    graphics: Names = ()
    disk_mb: Number = 0
    free_mb: Number = 0
    spinning: Number = 0
    updates: Number | None = None


class Database(_Seen):
    """MariaDB; `average_ms` is of counts over its largest tables, asked by the account that only reads."""

    size_mb: Number = 0
    average_ms: float | None = None
    timed: Number = 0
    checked: Number = 0
    buffer_hits_percent: float | None = None
    unsound: Names = ()
    slow_log: Text = ""
    largest: Names = ()


class Cache(_Seen):
    """Redis or Memcached; `kind` is empty where there is none."""

    kind: Text = ""
    asked: Number = 0
    hits_percent: float | None = None


class Server(_Seen):
    """Everything but the application."""

    machine: Machine = Machine()
    versions: Annotated[dict[Text, Text], Field(max_length=200)] = Field(default_factory=dict)
    disabled_functions: Annotated[dict[Text, Names], Field(max_length=10)] = Field(default_factory=dict)
    database: Database = Database()
    cache: Cache = Cache()


class Measured(_Seen):
    """One look at one server; `server` is None where only the application was looked at."""

    application: Application
    server: Server | None = None
