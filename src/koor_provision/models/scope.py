"""The scope contract of a role, `meta/scope.yml`: everything that it may touch on a server."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from koor_provision.models.base import Line, Model, Slug
from koor_provision.models.software import System

PackageName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9+.-]{0,80}\z")]
ScopePath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._/*@-]{1,200}\z")]
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9@._-]{1,80}\.(service|socket|timer)\z")]
Port = Annotated[str, StringConstraints(pattern=r"^(\*|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):[0-9]{1,5}/(tcp|udp)\z")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}\z")]
KEPT_IN = "/var/lib/koor-provision/undo/"
"""Where a server keeps what a run may change, for root alone; below it a folder for each run."""
WRITTEN_IN = ("/var/lib/", "/var/log/", "/var/spool/", "/var/backups/", "/dev/shm/")  # noqa: S108  # paths of a target
"""Where software that runs writes by itself; no configuration is there."""
Account = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,31}\z")]


class SystemScope(Model):
    """What differs from system to system.

    Attributes:
        version_package: the package whose version is the component's.
        packages: what always comes.
        choices: by the name of an option, what comes with each of its values.
        unavailable: why something that belongs here cannot be had, by the component's name and its own: `php-imap`.
    """

    version_package: PackageName | None = None
    packages: tuple[PackageName, ...] = ()
    choices: dict[str, dict[str, tuple[PackageName, ...]]] = Field(default_factory=dict)
    unavailable: dict[PackageName, Line] = Field(default_factory=dict)
    services: tuple[Unit, ...] = ()
    rivals: tuple[Unit, ...] = ()

    @property
    def own_services(self) -> tuple[Unit, ...]:
        """The services that are the component itself; its rivals are only stopped."""
        return tuple(unit for unit in self.services if unit not in self.rivals)

    @property
    def every_package(self) -> frozenset[PackageName]:
        """The packages of the component, whatever its options."""
        chosen = (package for choice in self.choices.values() for packages in choice.values() for package in packages)
        return frozenset((*self.packages, *chosen))


class Departure(Model):
    """What becomes of what a component brought when it is removed. A path may hold asterisks.

    Attributes:
        keeps: packages and units that stay, since other software may have come to need them.
        files: laid by us alone; they always go.
        disabled: files of others that we renamed to end in `.disabled`; they get their names back.
        data: databases, secrets and logs; they stay unless the customer orders them deleted.
    """

    keeps: tuple[PackageName | Unit, ...] = ()
    files: tuple[ScopePath, ...] = ()
    disabled: tuple[ScopePath, ...] = ()
    data: tuple[ScopePath, ...] = ()


class Given(Model):
    """Variables of a role that hold names of what it touches: the names are a plan's, and were judged with it."""

    packages: tuple[VariableName, ...] = ()
    services: tuple[VariableName, ...] = ()
    paths: tuple[VariableName, ...] = ()
    users: tuple[VariableName, ...] = ()
    groups: tuple[VariableName, ...] = ()


class Scope(Model):
    """One role's contract. A path with a trailing slash stands for the whole tree below it.

    Attributes:
        given: only for tools of ours that carry out what a plan names; whatever can be ordered names everything itself.
        notes: what the customer should know before it starts; each plan with the component says it.
    """

    component: Slug
    summary: Line
    systems: Annotated[dict[System, SystemScope], Field(min_length=1)]
    paths: tuple[ScopePath, ...] = ()
    users: tuple[Account, ...] = ()
    groups: tuple[Account, ...] = ()
    ports: tuple[Port, ...] = ()
    settings: tuple[Line, ...] = ()
    given: Given = Given()
    removal: Departure = Departure()
    notes: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _names_everything(self) -> Self:
        if self.given != Given() and any(here.version_package for here in self.systems.values()):
            raise ValueError("given: only for a role that is no software of its own; write the names out")
        return self

    @property
    def written(self) -> tuple[ScopePath, ...]:
        """What the component writes while it runs: its data, logs, backups and shared memory. Never configuration."""
        return tuple(path for path in self.paths if path.startswith(WRITTEN_IN))

    @property
    def can_be_ordered(self) -> bool:
        """Whether it is software on a system that orders are installed on: no tool of ours, not for another host."""
        here = (scope for name, scope in self.systems.items() if name.startswith("debian"))
        return any(scope.version_package or scope.packages for scope in here)
