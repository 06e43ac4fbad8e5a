"""Asks the target, and types its answer: what comes from a customer's server is input like any other."""

import json
from collections.abc import Mapping
from importlib.resources import files

from pydantic import ValidationError

from koor_provision.errors import RefusedError, RunError
from koor_provision.models.components import Component
from koor_provision.models.facts import Facts
from koor_provision.models.scope import Scope
from koor_provision.models.software import System
from koor_provision.models.text import shown
from koor_provision.preflight.probe import places
from koor_provision.preflight.reach import Reach

ANSWER_SECONDS = 300


def packages_of(component: Component, scope: Scope, system: System) -> tuple[str, ...]:
    """The packages that an ordered component brings to a system, with those of the options that were chosen.

    A chosen value that the system does not have brings none; the plan's notes say so.
    """
    on_system = scope.systems.get(system)
    if on_system is None:
        return ()
    chosen = (
        packages
        for option, choices in on_system.choices.items()
        for value, packages in choices.items()
        if value in chosen_values(component, option)
    )
    return (*on_system.packages, *(package for packages in chosen for package in packages))


def chosen_values(component: Component, option: str) -> tuple[str, ...]:
    """What was ordered for an option: one value, or several where it is a list."""
    chosen = getattr(component, option, ())
    return chosen if isinstance(chosen, tuple) else (chosen,)


def wanted_packages(components: tuple[Component, ...], scopes: Mapping[str, Scope]) -> dict[System, list[str]]:
    """For each system that every component knows: the packages of the whole order."""
    systems = set.intersection(*(set(scopes[component.component].systems) for component in components))
    return {
        system: sorted({name for one in components for name in packages_of(one, scopes[one.component], system)})
        for system in sorted(systems)
    }


def gather(way: Reach, components: tuple[Component, ...], scopes: Mapping[str, Scope], token: str) -> Facts:
    """Look at the target.

    Args:
        token: names what is laid aside there, for `forget`.

    Raises:
        RunError: it cannot be reached, or its package sources do not work.
        RefusedError: its system is one that nothing is approved for (R8, R9).
    """
    wanted = wanted_packages(components, scopes)
    program = files("koor_provision.preflight").joinpath("probe.py").read_text(encoding="utf-8")
    call = f"import json\nprint(json.dumps(look(json.loads({json.dumps(wanted)!r}), {token!r})))"
    answer = way.python(f"{program}\n{call}\n", timeout=ANSWER_SECONDS)
    try:
        data = json.loads(answer)
        root, trouble, system, name = data.pop("root"), data.pop("trouble", None), data["system"], data["system_name"]
        if system in wanted:
            facts = Facts.model_validate(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ValidationError) as error:
        raise RunError(
            "the host's answer makes no sense",
            where=way.name,
            hint="look at the host by hand: is its python3 its own?",
        ) from error
    if system not in wanted:
        raise RefusedError(
            f"runs {str(name)[:80]!r}, and nothing in this order is approved for it (R8, R9)",
            where=way.name,
            hint=f"supported: {', '.join(wanted)}; give the customer the default image (R10), "
            "or have the order validated on this system",
        )
    if not root:
        raise RunError(
            "we are not root there",
            where=way.name,
            hint="log in as root, or set ansible_become: true with sudo that asks for no password",
        )
    if trouble:
        raise RunError(
            f"apt cannot work out the installation: {shown(str(trouble)[:300])}",
            where=way.name,
            hint="have the customer's IT repair the package sources, then run the same command again",
        )
    return facts


def forget(way: Reach, token: str) -> None:
    """Remove from the target what a look laid aside there, however far it came."""
    way.python(
        f"import shutil\nfor folder in {places(token)!r}:\n    shutil.rmtree(folder, ignore_errors=True)\n", timeout=60
    )
