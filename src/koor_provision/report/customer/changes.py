"""What changed, by the part of the order that answers for it."""

from collections import defaultdict
from dataclasses import dataclass

from koor_provision.models.audit import Change, ChangeKind, Owner
from koor_provision.models.evidence import Record
from koor_provision.models.plan import PlannedPackage

MOST_SHOWN = 300
"""Of one kind and part; a page with thousands of lines is read by nobody, and the whole lies beside it."""
DEPENDENCIES, SYSTEM = "dependencies", "system"
UNDO = "undo"
"""What a run is taken back by."""


@dataclass(frozen=True)
class Several:
    """Changes of one kind; `left_out` were too many to show."""

    kind: ChangeKind
    count: int
    shown: tuple[Change, ...]

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


@dataclass(frozen=True)
class Part:
    """One part of the order.

    Attributes:
        name: a component, DEPENDENCIES or SYSTEM.
        packages: with the versions before and after.
        kinds: what else changed.
        came_with: how many files the packages themselves laid.
    """

    name: str
    packages: tuple[PlannedPackage, ...]
    kinds: tuple[Several, ...]
    came_with: int

    @property
    def untouched(self) -> bool:
        """Whether nothing of it changed."""
        return not (self.packages or self.kinds or self.came_with)


def parts(record: Record) -> tuple[Part, ...]:
    """Every part that changed, and every component of the order; what is out of scope is in none.

    What the audit saw counts. Without one the plan says which packages were to come.
    """
    plan, audit = record.proposal.plan, record.audit
    component_of = {package.name: package.component or DEPENDENCIES for package in plan.packages}
    if plan.removal:
        component_of |= {package.name: package.component or DEPENDENCIES for package in plan.removal.packages}
    if plan.undo:
        component_of |= {package.name: package.component or DEPENDENCIES for package in plan.undo.packages}
    owned: dict[str, list[Change]] = defaultdict(list)
    came_with: dict[str, int] = defaultdict(int)
    for change in audit.changes if audit else ():
        if change.owner is Owner.NOBODY:
            continue
        name = _part_of(change, component_of)
        if change.owner is Owner.PACKAGE and change.kind is ChangeKind.FILE:
            came_with[name] += 1
        else:
            owned[name].append(change)
    seen = _done(audit.changes) if audit else None
    packages: dict[str, list[PlannedPackage]] = defaultdict(list)
    for package in plan.packages:
        if package.changes and (seen is None or package.name in seen):
            packages[component_of[package.name]].append(package)
    told = {package.name for several in packages.values() for package in several}  # with both versions, so not twice
    order = [component.component for component in plan.components]
    if plan.removal and plan.removal.component not in order:
        order.insert(0, plan.removal.component)
    if plan.undo:
        order.insert(0, UNDO)
    others = sorted({*packages, *owned, *came_with} - {*order, DEPENDENCIES, SYSTEM})
    found = [
        Part(name, tuple(packages[name]), _by_kind(owned[name], told), came_with[name])
        for name in (*order, *others, DEPENDENCIES, SYSTEM)
    ]
    return tuple(part for part in found if part.name in order or not part.untouched)


def _done(changes: tuple[Change, ...]) -> set[str]:
    """Packages that changed as it was planned; of one that is half done the state is told, and no version."""
    rows = (change for change in changes if change.kind is ChangeKind.PACKAGE)
    return {change.what for change in rows if change.owner is not Owner.UNFINISHED}


def _part_of(change: Change, component_of: dict[str, str]) -> str:
    if change.kind is ChangeKind.PACKAGE and change.what in component_of:
        return component_of[change.what]
    if change.owner in {Owner.COMPONENT, Owner.BEFORE}:
        return change.by
    if change.owner is Owner.PACKAGE:
        return component_of.get(change.by, DEPENDENCIES)
    return SYSTEM


def _by_kind(changes: list[Change], told: set[str]) -> tuple[Several, ...]:
    kinds: dict[ChangeKind, list[Change]] = defaultdict(list)
    for change in changes:
        if change.kind is not ChangeKind.PACKAGE or change.what not in told:
            kinds[change.kind].append(change)
    return tuple(
        Several(kind, len(kinds[kind]), tuple(sorted(kinds[kind])[:MOST_SHOWN])) for kind in ChangeKind if kinds[kind]
    )
