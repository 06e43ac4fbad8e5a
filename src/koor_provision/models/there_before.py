"""Components that are on a server and not in the order: an earlier order brought them, or somebody else did. Pure."""

from collections.abc import Collection, Iterable, Mapping

from koor_provision.models.scope import PackageName, Scope
from koor_provision.models.software import System


def known_by(scopes: Mapping[str, Scope], named: Collection[str]) -> dict[System, list[PackageName]]:
    """For each system: the packages by which one sees that a component is there which the order does not name.

    Args:
        named: components that are ordered, or that go.
    """
    found: dict[System, set[PackageName]] = {}
    for name in scopes.keys() - set(named):
        for system in scopes[name].systems:
            found.setdefault(system, set()).update(_sign(scopes[name], system))
    return {system: sorted(packages) for system, packages in sorted(found.items())}


def there_before(
    scopes: Mapping[str, Scope], named: Collection[str], system: System, installed: Iterable[PackageName]
) -> tuple[str, ...]:
    """Their names. What neither runs nor writes anything by itself is left out.

    Args:
        installed: those of the packages of `known_by` that the server has.
    """
    there = frozenset(installed)
    return tuple(
        name
        for name, scope in sorted(scopes.items())
        if name not in named and system in scope.systems and there & _sign(scope, system)
    )


def _sign(scope: Scope, system: System) -> frozenset[PackageName]:
    here = scope.systems[system]
    works = bool(here.own_services or scope.written)
    return frozenset({here.version_package} if here.version_package and works else ())
