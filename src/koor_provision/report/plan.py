"""A plan for the engineer at the terminal."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import click

from koor_provision.models.application import Application
from koor_provision.models.attendance import PLACE, code_of
from koor_provision.models.base import PersonId, Sha256
from koor_provision.models.components import kind_of
from koor_provision.models.order import Environment, RunId
from koor_provision.models.plan import Plan, PlannedPackage, PlannedRemoval
from koor_provision.models.scope import Scope
from koor_provision.models.text import shown
from koor_provision.models.undo import PlannedUndo

_LABEL = 11
_MOST_PATHS = 40
SAMPLE = "ordered, approved and signed by nobody: a sample company's keys lie beside it for everybody to use"


def plan_text(plan: Plan, scopes: Mapping[str, Scope], how: str, width: int = 110, *, attendance: str = "") -> str:
    """Components with exact versions, what is added, what may be touched, and what one should know before.

    Args:
        how: the way to the server, in words.
        width: of the terminal.
        attendance: how the customer's responsible for IT takes part (R7), where they have to.
    """
    return "\n".join(_lines(plan, scopes, how, width, attendance))


def _lines(plan: Plan, scopes: Mapping[str, Scope], how: str, width: int, attendance: str) -> Iterator[str]:
    column = max(_LABEL, *(len(one.component) + 1 for one in plan.components))

    def entry(label: str, text: str) -> str:
        indent = " " * (column + 2)
        return click.wrap_text(text, width=width, initial_indent=f"  {label:<{column}}", subsequent_indent=indent)

    host = plan.host
    yield (
        click.style(f"Plan {plan.plan}", bold=True)
        + f" for {host.name}: {host.system}, {host.environment}, {host.cores} cores, {host.memory_mb} MB"
    )
    if plan.sample:
        yield entry("SAMPLE", click.style(SAMPLE, fg="red", bold=True))
    yield entry("server", how)
    if plan.removal:
        yield from _removal(plan, plan.removal, entry)
    elif plan.undo:
        yield from _undo(plan.undo, entry)
    else:
        yield from _installation(plan, scopes, entry)
    if attendance:
        yield entry("attendance", attendance)
    for exception in plan.exceptions:
        yield entry("EXCEPTION", click.style(exception, fg="red", bold=True))
    for note in plan.notes:
        yield entry("note", click.style(note, fg="yellow"))
    yield entry("good until", f"{plan.expires:%Y-%m-%d %H:%M} UTC, on this server only")


def _installation(plan: Plan, scopes: Mapping[str, Scope], entry: Callable[[str, str], str]) -> Iterator[str]:
    """What comes, and what may be touched for it."""
    host = plan.host
    versions = {package.name: package for package in plan.packages}
    brought = {name: one.run for one in plan.finishes for name in one.brought}
    for component in plan.components:
        name = component.component
        package = versions.get(scopes[name].systems[host.system].version_package or "")
        version = (
            f"{component.version}, {component.sha256}"
            if isinstance(component, Application)
            else _version(package, brought)
        )
        yield entry(name, f"{version}  {click.style(kind_of(name), fg='bright_black')}")
        named = component.named() if isinstance(component, Application) else {}
        if entered := [f"{len(names)} {kind}" for kind, names in named.items() if names]:
            yield entry("enters", f"{', '.join(entered)}, where nothing of that name is there")
    yield entry("packages", _counts(plan, brought))
    origins = Counter(package.origin for package in plan.packages if package.changes and package.origin)
    if origins:
        yield entry("from", "; ".join(f"{origin}: {count}" for origin, count in sorted(origins.items())))
    upgrades = [package for package in plan.packages if package.changes and package.old_version is not None]
    for package in upgrades:
        text = f"{package.name} {package.old_version} becomes {package.version}"
        yield entry("upgrade", click.style(text, fg="yellow"))
    touches = plan.touches
    for label, values in (
        ("files", touches.paths),
        ("services", touches.services),
        ("ports", touches.ports),
        ("users", touches.users),
        ("settings", touches.settings),
    ):
        yield entry(label, ", ".join(values) or "none")
    if plan.keeps:
        yield entry("kept", f"{plan.keeps}, for root: how the files above and in /etc are now, to undo this plan with")


def _undo(undo: PlannedUndo, entry: Callable[[str, str], str]) -> Iterator[str]:
    """What goes and what comes back; what was made since stands out, since nothing brings it back."""
    yield entry("undoes", f"run {undo.run}")
    own = [f"{one.name} {one.version}" for one in undo.packages if one.component]
    others = [one.name for one in undo.packages if not one.component]
    yield entry("packages", ", ".join(own) or "none")
    yield entry("unneeded", f"{_some(others)}; they came with those" if others else "none")
    if undo.upgraded:
        yield entry("stay newer", ", ".join(undo.upgraded))
    yield entry("restores", _some(undo.restored) or "nothing")
    yield entry("deletes", _some((*undo.deleted, *undo.made)) or "nothing")
    for one in undo.data:
        text = f"{shown(one.path)}: {one.files} files, {one.megabytes} MB, made or changed since the run"
        yield entry("DATA", click.style(text, fg="red", bold=True))
    if undo.changed:
        yield entry("CHANGED", click.style(f"{_some(undo.changed)}: since the run, by others", fg="red", bold=True))
    if undo.choices:
        yield entry("chooses", f"what was chosen before for {', '.join(undo.choices)}")
    accounts = ", ".join(dict.fromkeys((*undo.users, *undo.groups)))
    yield entry("accounts", f"{accounts}; of those, which own or run something then stay" if accounts else "none")
    for label, units in (("starts", undo.started), ("stops", undo.stopped), ("restarts", undo.restarted)):
        yield entry(label, ", ".join(units) or "nothing")


def _some(paths: Sequence[str]) -> str:
    """Names that come from a server, and not all of very many: the plan has them all."""
    names = ", ".join(shown(path) for path in paths[:_MOST_PATHS])
    return names + (f" and {len(paths) - _MOST_PATHS} more (see the plan)" if len(paths) > _MOST_PATHS else "")


def _removal(plan: Plan, removal: PlannedRemoval, entry: Callable[[str, str], str]) -> Iterator[str]:
    """What goes, and what stays: data that goes stands out, since nothing brings it back."""
    yield entry("removes", removal.component + (" with its configuration and data" if removal.purge else ""))
    own = [f"{package.name} {package.version}" for package in removal.packages if package.component]
    others = [f"{package.name} {package.version}" for package in removal.packages if not package.component]
    yield entry("packages", ", ".join(own) or "none; it is not installed")
    yield entry("unneeded", ", ".join(others) or "none")
    yield entry("stops", ", ".join(removal.services) or "nothing")
    yield entry("deletes", ", ".join(removal.files) or "no file of ours")
    if removal.restored:
        yield entry("restores", ", ".join(removal.restored))
    if removal.data:
        yield entry("DELETES", click.style(", ".join(removal.data), fg="red", bold=True))
    yield entry("keeps", ", ".join(removal.kept) or "no data")
    yield entry("stays", ", ".join(component.component for component in plan.components))


def attendance_text(plan: Plan, sha256: Sha256, responsible: Sequence[PersonId]) -> str:
    """How the customer's responsible for IT takes part in this plan; empty where they need not."""
    if plan.host.environment is Environment.DEFAULT_IMAGE or not responsible:
        return ""
    return (
        f"{' or '.join(responsible)} signs this plan; or shows presence, on the server as root, with this plan's code: "
        f"echo '{code_of(sha256)} {responsible[0]}' > {PLACE}"
    )


def _version(package: PlannedPackage | None, brought: Mapping[str, RunId]) -> str:
    if package is None:
        return "unknown version"
    if not package.changes:
        by = f"by run {brought[package.name]}, which was broken off" if package.name in brought else "already"
        return f"{package.version} (installed {by})"
    return package.version if package.old_version is None else f"{package.version} (now {package.old_version})"


def _counts(plan: Plan, brought: Collection[str]) -> str:
    new = [package for package in plan.packages if package.changes]
    if not new:
        ours = sum(package.name in brought for package in plan.packages)
        by = f", {ours} of them by a run that was broken off" if ours else ""
        return f"all {len(plan.packages)} are installed already{by}; nothing to add"
    ordered = sum(package.component is not None for package in new)
    upgrades = sum(package.old_version is not None for package in new)
    return (
        f"{len(new)} to install: {ordered} ordered, {len(new) - ordered} needed by them; "
        f"{upgrades} of them upgrade what is there; nothing is removed"
    )
