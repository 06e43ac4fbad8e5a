"""What of a component leaves a server with it: all that its contract names and that no component which stays needs."""

from collections.abc import Sequence
from typing import NamedTuple

from koor_provision.models.scope import PackageName, Port, Scope, ScopePath, Unit
from koor_provision.models.software import System


class Leaving(NamedTuple):
    """A component's contract, without what the rest of the order shares."""

    scope: Scope
    rest: tuple[Scope, ...]

    def packages(self, system: System) -> frozenset[PackageName]:
        """The component's packages, whatever its options were."""
        here = self.scope.systems.get(system)
        if here is None:
            return frozenset()
        shared = {name for one in self.rest if (there := one.systems.get(system)) for name in there.every_package}
        return here.every_package - shared - set(self.scope.removal.keeps)

    def services(self, system: System) -> tuple[Unit, ...]:
        """The component's own services."""
        here = self.scope.systems.get(system)
        shared = {unit for one in self.rest if (there := one.systems.get(system)) for unit in there.own_services}
        return tuple(
            unit
            for unit in (here.own_services if here else ())
            if unit not in shared and unit not in self.scope.removal.keeps
        )

    @property
    def ports(self) -> tuple[Port, ...]:
        """Where nothing may listen afterwards."""
        return tuple(port for port in self.scope.ports if not any(port in one.ports for one in self.rest))

    @property
    def files(self) -> tuple[ScopePath, ...]:
        """What we laid."""
        return self._without_shared(self.scope.removal.files)

    @property
    def disabled(self) -> tuple[ScopePath, ...]:
        """What gets its name back."""
        return self._without_shared(self.scope.removal.disabled)

    @property
    def data(self) -> tuple[ScopePath, ...]:
        """What goes only where the customer orders it."""
        return self._without_shared(self.scope.removal.data)

    def _without_shared(self, paths: tuple[ScopePath, ...]) -> tuple[ScopePath, ...]:
        shared = {path for one in self.rest for path in (*one.removal.files, *one.removal.disabled, *one.removal.data)}
        return tuple(path for path in paths if path not in shared)


def leaving(scope: Scope, rest: Sequence[Scope]) -> Leaving:
    """What leaves with a component, beside those that stay."""
    return Leaving(scope, tuple(one for one in rest if one.component != scope.component))
