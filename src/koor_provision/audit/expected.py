"""What a plan may change, ready to be held against what did: each component's contract, and the planned packages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from koor_provision.models.audit import THERE_BEFORE, Owner
from koor_provision.models.leaving import leaving
from koor_provision.models.plan import Plan
from koor_provision.models.scope import KEPT_IN, Scope
from koor_provision.models.software import System
from koor_provision.models.undo import PlannedUndo

_PACKAGES, _KEEP = "packages", "keep"
"""Roles of ours that work for every order: what installs, and what keeps what the run may change."""
INSTALLED, LEFT, ABSENT = "install ok installed", "deinstall ok config-files", ""
NOT_INSTALLED = "not-installed"
TRIGGERS = frozenset({"triggers-awaited", "triggers-pending"})
TORN = frozenset({"half-installed", "unpacked", "half-configured"}) | TRIGGERS
"""In which dpkg leaves a package whose step it did not end."""


def covers(pattern: str, path: str) -> bool:
    """Whether a path of a contract covers one: a trailing slash stands for the folder and the tree below it."""
    if not pattern.endswith("/"):
        return fnmatchcase(path, pattern)
    if "*" not in pattern:
        return f"{path}/".startswith(pattern)
    return fnmatchcase(f"{path}/", f"{pattern}*")


@dataclass(frozen=True)
class Contract:
    """What one component may touch on this system.

    Attributes:
        before: whether it is none of the order, and answers only for what it writes to its own data while it runs.
        closes: ports at which nothing may listen any more, since what did was stopped for the component.
    """

    component: str
    paths: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    before: bool = False

    @property
    def owner(self) -> tuple[Owner, str]:
        """Who answers for what it covers."""
        return (Owner.BEFORE, f"{self.component}{THERE_BEFORE}") if self.before else (Owner.COMPONENT, self.component)

    def path(self, path: str) -> str | None:
        """The entry that covers a path; one that names the very file before one that has it in a tree."""
        found = [pattern for pattern in self.paths if covers(pattern, path)]
        return next((pattern for pattern in found if not pattern.endswith("/")), found[0] if found else None)


@dataclass(frozen=True)
class Expected:
    """All that a plan may change.

    Attributes:
        packages: each planned package with the version that it gets; empty for one that goes.
        components: planned packages that are a component's own; any other is one that apt adds.
        works: whether the package manager is asked to do anything at all.
    """

    contracts: tuple[Contract, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    components: Mapping[str, str] = field(default_factory=dict)
    works: bool = False

    def torn(self, name: str, before: list[str] | None, after: list[str] | None) -> bool:
        """Whether the package manager was on its way with a package to what was planned for it, and stopped there."""
        if name not in self.packages or not after:
            return False
        if state_of(after) == NOT_INSTALLED:  # dpkg began to unpack it, and took all of it back
            return bool(self.packages[name]) and (before is None or state_of(before) == NOT_INSTALLED)
        if state_of(after) not in TORN:
            return False
        was = (before or [ABSENT])[0]
        ways = {self.packages[name] or was} | ({was, ABSENT} if state_of(after) == "half-installed" else set())
        return after[0] in ways

    def planned(self, name: str, after: list[str] | None) -> bool:
        """Whether a package got what was planned for it."""
        if name not in self.packages:
            return False
        version, state = (*(after or []), ABSENT, ABSENT)[:2]
        if self.packages[name]:
            return (version, state) == (self.packages[name], INSTALLED)
        return state in {LEFT, ABSENT}


def state_of(seen: list[str]) -> str:
    """The last word of dpkg's status, such as `installed`."""
    return seen[1].rpartition(" ")[2]


def expected(plan: Plan, scopes: Mapping[str, Scope]) -> Expected:
    """What a plan may change, and what a component that was there before may write meanwhile."""
    found = _planned(plan, scopes)
    others = (scopes[name] for name in plan.there_before if name in scopes)
    written = tuple(Contract(one.component, paths=one.written, before=True) for one in others)
    return replace(found, contracts=(*found.contracts, *written))


def _planned(plan: Plan, scopes: Mapping[str, Scope]) -> Expected:
    if plan.removal:
        return _leaving(plan, scopes)
    if plan.undo:
        return _taken_back(plan, plan.undo, scopes)
    system = plan.host.system
    names = [_PACKAGES, *([_KEEP] if plan.keeps else []), *(component.component for component in plan.components)]
    contracts = [scopes[name] for name in names if name in scopes]
    return Expected(
        contracts=tuple(_contract(one, system, scopes) for one in contracts),
        packages={package.name: package.version for package in plan.packages},
        components={package.name: package.component for package in plan.packages if package.component},
        works=any(package.changes for package in plan.packages),
    )


def _contract(scope: Scope, system: System, scopes: Mapping[str, Scope]) -> Contract:
    """A component's contract; one that it stops closes its ports, and writes out its data and logs a last time."""
    here = scope.systems.get(system)
    rivals = set(here.rivals) if here else set()
    stopped = [one for one in scopes.values() if system in one.systems and rivals & {*one.systems[system].own_services}]
    last = tuple(path for one in stopped for path in one.written)
    return Contract(
        component=scope.component,
        paths=(*scope.paths, *last),
        services=here.services if here else (),
        users=scope.users,
        groups=scope.groups,
        ports=scope.ports,
        settings=scope.settings,
        closes=tuple(port for one in stopped for port in one.ports),
    )


def _taken_back(plan: Plan, undo: PlannedUndo, scopes: Mapping[str, Scope]) -> Expected:
    """The scope of the run that is undone, what its packages' scripts changed besides, and what it had stopped."""
    system = plan.host.system
    own = [_contract(scopes[one.component], system, scopes) for one in plan.components]
    named = {*undo.started, *undo.stopped, *undo.restarted}
    others = [one for one in scopes.values() if system in one.systems and named & {*one.systems[system].own_services}]
    places = ("/etc/alternatives/", "/var/lib/dpkg/alternatives/")
    alternatives = [f"{place}{name}" for name in (*undo.alternatives, *undo.choices) for place in places]
    contract = Contract(
        component="undo",
        paths=(*undo.restored, *undo.going, *alternatives, KEPT_IN, *(path for one in others for path in one.paths)),
        services=plan.touches.services,
        users=undo.users,
        groups=undo.groups,
        ports=(*(port for one in others for port in one.ports), *(port for one in own for port in one.closes)),
    )
    return Expected(
        contracts=(*own, contract),
        packages=dict.fromkeys((package.name for package in undo.packages), ""),
        components={package.name: package.component for package in undo.packages if package.component},
        works=bool(undo.packages),
    )


def _leaving(plan: Plan, scopes: Mapping[str, Scope]) -> Expected:
    """What goes, and nothing else of what the component might touch."""
    removal = plan.removal
    assert removal  # noqa: S101  # for the type checker
    scope = scopes[removal.component]
    leaves = leaving(scope, [scopes[one.component] for one in plan.components])
    restored = tuple(path for one in removal.restored for path in (one, f"{one}.disabled"))
    # The component's own folders, once nothing is left in them; what is in them is not covered by that.
    folders = tuple(path.rstrip("/") for path in scope.paths if path.endswith("/"))
    contract = Contract(
        component=removal.component,
        paths=(*removal.files, *restored, *removal.data, *folders),
        services=removal.services,
        users=scope.users if removal.purge else (),
        groups=scope.groups if removal.purge else (),
        ports=leaves.ports,
    )
    return Expected(
        contracts=(contract,),
        packages=dict.fromkeys((package.name for package in removal.packages), ""),
        components={package.name: package.component for package in removal.packages if package.component},
        works=bool(removal.packages),
    )
