"""What a plan takes out for one component, worked out from its contract and the facts of one server. Pure."""

from collections.abc import Sequence

from koor_provision.models.facts import Facts
from koor_provision.models.leaving import leaving
from koor_provision.models.order import Removal
from koor_provision.models.plan import PlannedRemoval, RemovedPackage, Touches
from koor_provision.models.scope import Scope


def departure(removal: Removal, scope: Scope, rest: Sequence[Scope], facts: Facts) -> PlannedRemoval:
    """Packages that apt takes, and those of the component's paths that are there.

    Args:
        scope: the contract of the component that goes.
        rest: the contracts of those that stay; what they share stays too.
    """
    leaves = leaving(scope, rest)
    own = leaves.packages(facts.system)
    names = {*facts.removals, *facts.orphans}
    data = tuple(path for path in leaves.data if path in facts.present)
    return PlannedRemoval(
        component=removal.component,
        purge=removal.purge,
        packages=tuple(
            RemovedPackage(
                name=name, version=facts.installed[name], component=removal.component if name in own else None
            )
            for name in sorted(names & facts.installed.keys())
        ),
        services=leaves.services(facts.system),
        files=tuple(path for path in leaves.files if path in facts.present),
        restored=tuple(path for path in leaves.disabled if f"{path}.disabled" in facts.present),
        data=data if removal.purge else (),
        kept=() if removal.purge else data,
    )


def touched(removal: PlannedRemoval) -> Touches:
    """What a removal touches: what goes, and nothing else of what the component might."""
    return Touches(paths=(*removal.files, *removal.restored, *removal.data), services=removal.services)
