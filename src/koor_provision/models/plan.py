"""The plan: exactly what will be done on exactly which server. People sign it; nothing else is run."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import (
    Count,
    Fingerprint,
    Flag,
    Line,
    Model,
    Moment,
    Paragraph,
    PersonId,
    Reference,
    Sha256,
    Slug,
)
from koor_provision.models.components import Component
from koor_provision.models.documents import Document
from koor_provision.models.earlier import BrokenOff
from koor_provision.models.facts import Version
from koor_provision.models.order import Environment
from koor_provision.models.origin import OriginText
from koor_provision.models.scope import Account, PackageName, Port, ScopePath, Unit
from koor_provision.models.software import System
from koor_provision.models.undo import KeptPath, PlannedUndo

PlanId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}\z")]


class PlannedPackage(Model):
    """One package of the order, in the only version that will be installed.

    Attributes:
        component: the ordered component that brings it; None for a dependency that apt adds for one.
        origin: what the repositories are called that it is fetched from; None where nothing is fetched.
    """

    name: PackageName
    version: Version
    old_version: Version | None = None
    component: Slug | None = None
    origin: OriginText | None = None

    @property
    def changes(self) -> bool:
        """Whether the run has to install it; what is there in this version already stays."""
        return self.old_version != self.version


class Touches(Model):
    """The order's scope: the union of what the roles of its components may touch."""

    paths: tuple[ScopePath, ...] = ()
    services: tuple[Unit, ...] = ()
    users: tuple[Account, ...] = ()
    groups: tuple[Account, ...] = ()
    ports: tuple[Port, ...] = ()
    settings: tuple[Line, ...] = ()


class RemovedPackage(Model):
    """One package that goes; `component` is None where only packages that go needed it."""

    name: PackageName
    version: Version
    component: Slug | None = None


class PlannedRemoval(Model):
    """What is taken out for one component.

    Attributes:
        services: stopped and disabled.
        files: laid by us, and deleted. Of all paths only those are named that are there.
        restored: get the names back that they had before we disabled them.
        data: deleted; empty unless the customer ordered a purge.
        kept: data that stays where it is.
    """

    component: Slug
    purge: Flag
    packages: tuple[RemovedPackage, ...] = ()
    services: tuple[Unit, ...] = ()
    files: tuple[ScopePath, ...] = ()
    restored: tuple[ScopePath, ...] = ()
    data: tuple[ScopePath, ...] = ()
    kept: tuple[ScopePath, ...] = ()


class PlannedHost(Model):
    """The one server that this plan is good for."""

    name: Slug
    environment: Environment
    machine_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}\z")]
    ssh_host_key: Fingerprint | None = None
    system: System
    memory_mb: Count
    cores: Count


class Plan(Document):
    """What the gate admitted, worked out for one server.

    Attributes:
        plan: random, never used twice.
        inputs: digests of every document that the decision rests on.
        content_sha256: digest of the playbooks, roles and modules that will run.
        components: what the order has; a removal leaves it as it is, and sees to it that it still works.
        removal: what is taken out; None in a plan that installs.
        undo: which run is taken back, and what that takes; None in every other plan.
        there_before: components that are on the server and not in the order. They are left alone; what they write there
            while they run, in the places of their data, is theirs.
        finishes: earlier runs on this server that have no end; what changed there since they began was not audited.
        keeps: where the server keeps what this plan may change, for root alone; None where it keeps nothing.
        exceptions: rules that are broken for this order, by whom and why; whoever signs the plan signs that too.
        sample: true where a sample company's keys stand beneath it, which everybody has; else nothing.
        notes: what the customer should know before it starts, such as a package that this system does not have.
    """

    KIND: ClassVar[str] = "plan"
    kind: Literal["plan"]
    plan: PlanId
    created: Moment
    expires: Moment
    customer: Reference
    order: Reference
    engineer: PersonId
    host: PlannedHost
    components: Annotated[tuple[Component, ...], Field(min_length=1)]
    packages: tuple[PlannedPackage, ...]
    removal: PlannedRemoval | None = None
    undo: PlannedUndo | None = None
    there_before: tuple[Slug, ...] = ()
    finishes: tuple[BrokenOff, ...] = ()
    keeps: KeptPath | None = None
    touches: Touches
    exceptions: tuple[Paragraph, ...] = ()
    sample: Flag | None = None
    notes: tuple[Line, ...] = ()
    inputs: dict[str, Sha256]
    content_sha256: Sha256
