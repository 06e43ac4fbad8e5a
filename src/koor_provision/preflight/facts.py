"""Asks the target, and types its answer: what comes from a customer's server is input like any other."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

from pydantic import ValidationError

from koor_provision.errors import RefusedError, RunError
from koor_provision.models.components import Component
from koor_provision.models.facts import Facts
from koor_provision.models.leaving import leaving
from koor_provision.models.order import Removal, Undo
from koor_provision.models.scope import Scope
from koor_provision.models.software import System
from koor_provision.models.text import shown
from koor_provision.models.there_before import known_by
from koor_provision.preflight.probe import places
from koor_provision.preflight.reach import Reach

ANSWER_SECONDS = 300
BUSY_SECONDS = 600
_PAUSE_SECONDS = 2


Waiting = Callable[[], None]
"""Called each time that the package manager of the target is found at work, before we wait for a moment."""


def _silent() -> None:
    """For whoever tells nobody."""


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


_BOOT = """\
import json,sys,types
for name,text in json.loads({modules!r}):
    parts=name.split(".")
    for length in range(1,len(parts)):
        sys.modules.setdefault(".".join(parts[:length]),types.ModuleType(".".join(parts[:length])))
    module=sys.modules[name]=types.ModuleType(name)
    exec(compile(text,name,"exec"),module.__dict__)
    globals()[parts[-1]]=module
main=sys.modules["__main__"]
"""
"""Makes modules of texts, each known to the question by the last part of its name."""
_PARTS = ("announced_probe", "earlier_probe", "leaving_probe", "origins_probe", "others_probe")
_BESIDE = tuple(f"koor_provision.preflight.{name}" for name in _PARTS)
_SHARED = tuple(
    f"ansible_collections.koor.provision.plugins.module_utils.{name}" for name in ("kept", "choices", "undoing")
)
"""What our modules share and the look before an undo runs too, in the order in which they import each other."""


def gather(
    way: Reach, components: tuple[Component, ...], scopes: Mapping[str, Scope], token: str, waiting: Waiting = _silent
) -> Facts:
    """Look at the target, once its package manager is at rest.

    Args:
        token: names what is laid aside there, for `forget`.

    Raises:
        RunError: it cannot be reached, or its package sources do not work.
        RefusedError: its system is one that nothing is approved for (R8, R9).
    """
    wanted = wanted_packages(components, scopes)
    planned = "lambda *what: announced_probe.planned(main, *what)"
    look = f"origins_probe.told(main, look(json.loads({json.dumps(wanted)!r}), {token!r}, {planned}))"
    return _ask(way, wanted, _with_others(look, components, scopes), waiting)


def gather_leaving(
    way: Reach,
    removal: Removal,
    components: tuple[Component, ...],
    scopes: Mapping[str, Scope],
    waiting: Waiting = _silent,
) -> Facts:
    """Look at the target before a component is taken out of it.

    Args:
        components: what the order has, and what stays therefore.

    Raises:
        RunError, RefusedError: as `gather`.
    """
    scope = scopes[removal.component]
    wanted = wanted_packages(components, scopes)
    leaves = leaving(scope, [scopes[one.component] for one in components])
    going = {system: sorted(leaves.packages(system)) for system in scope.systems}
    paths = [*leaves.files, *(f"{path}.disabled" for path in leaves.disabled), *leaves.data]
    arguments = json.dumps([wanted, going, paths, "purge" if removal.purge else "remove"])
    question = _with_others(
        f"leaving_probe.look(main, *json.loads({arguments!r}))", components, scopes, removal.component
    )
    return _ask(way, wanted, question, waiting)


def gather_undoing(
    way: Reach, undo: Undo, components: tuple[Component, ...], scopes: Mapping[str, Scope], waiting: Waiting = _silent
) -> Facts:
    """Look at the target before a run is undone: what it kept of that, and what apt would take away.

    Raises:
        RunError, RefusedError: as `gather`.
    """
    wanted = wanted_packages(components, scopes)
    look = f"undoing.look_with(main, {sorted(wanted)!r}, {undo.run!r})"
    return _ask(way, wanted, _with_others(look, components, scopes), waiting, _SHARED)


def _with_others(question: str, components: tuple[Component, ...], scopes: Mapping[str, Scope], *going: str) -> str:
    """The same question, and what else is there: of what we have contracts for, and of earlier runs."""
    packages = known_by(scopes, [*(one.component for one in components), *going])
    return f"earlier_probe.told(main, others_probe.told(main, {question}, json.loads({json.dumps(packages)!r})))"


def _ask(
    way: Reach, wanted: Mapping[System, list[str]], question: str, waiting: Waiting, more: Sequence[str] = ()
) -> Facts:
    deadline = time.monotonic() + BUSY_SECONDS
    while (facts := _answer(way, wanted, question, (*_BESIDE, *more))) is None:
        if time.monotonic() > deadline:
            raise RunError(
                f"the package manager is at work there, for more than {BUSY_SECONDS // 60} minutes",
                where=way.name,
                hint="see what it does (ps on the server), then run the same command again",
            )
        waiting()
        time.sleep(_PAUSE_SECONDS)
    return facts


def _answer(way: Reach, wanted: Mapping[System, list[str]], question: str, modules: Sequence[str]) -> Facts | None:
    """What the target says; None while its package manager is at work."""
    texts = json.dumps([(name, _source(name)) for name in modules])
    program = f"{_source('koor_provision.preflight.probe')}\n{_BOOT.format(modules=texts)}"
    answer = way.python(f"{program}print(json.dumps({question}))\n", timeout=ANSWER_SECONDS)
    try:
        data = json.loads(answer)
        busy = data.pop("busy", False)
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
    if busy:
        return None
    if trouble:
        raise RunError(
            f"apt cannot work out what to do: {shown(str(trouble)[:300])}",
            where=way.name,
            hint="have the customer's IT repair the package sources, then run the same command again",
        )
    return facts


def _source(module: str) -> str:
    """The text of a module of ours, or of one that our collection has."""
    ours = files("koor_provision")
    *folders, name = module.removeprefix("koor_provision.").split(".")
    return (
        (ours if module.startswith("koor_provision.") else ours.joinpath("collections"))
        .joinpath(*folders, f"{name}.py")
        .read_text(encoding="utf-8")
    )


def forget(way: Reach, token: str) -> None:
    """Remove from the target what a look laid aside there, however far it came."""
    way.python(
        f"import shutil\nfor folder in {places(token)!r}:\n    shutil.rmtree(folder, ignore_errors=True)\n", timeout=60
    )
