"""The plan, worked out from an admitted order and the facts of one server. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from koor_provision.errors import InputError
from koor_provision.gate.decision import Admitted, AdmittedImage, Refused
from koor_provision.models.base import Fingerprint, Sha256
from koor_provision.models.case import Case
from koor_provision.models.components import Component, Sqlsrv
from koor_provision.models.earlier import BrokenOff
from koor_provision.models.facts import Facts
from koor_provision.models.image import ImagePlan
from koor_provision.models.order import Environment, Target
from koor_provision.models.plan import Plan, PlannedHost, PlannedPackage, PlannedRemoval, Touches
from koor_provision.models.scope import KEPT_IN, Scope
from koor_provision.models.there_before import there_before
from koor_provision.models.undo import PlannedUndo
from koor_provision.preflight.facts import chosen_values, packages_of
from koor_provision.provision import taking_back
from koor_provision.provision.departure import departure, touched

GOOD_FOR = timedelta(hours=8)
"""How long a plan may be run: a working day, enough for the customer's responsible for IT to read and sign it."""
T = TypeVar("T")


@dataclass(frozen=True)
class Identity:
    """What makes this plan this one.

    Attributes:
        plan_id: random; a plan is never run twice.
        content_sha256: digest of the playbooks and roles that will run.
        now: when it is made.
    """

    plan_id: str
    content_sha256: Sha256
    now: datetime


@dataclass(frozen=True)
class Before:
    """Runs before this one.

    Attributes:
        former: the plan of the one that is to be undone.
        finishes: those that have no end.
        left: what of the former one stays, and why, for people.
    """

    former: Plan | None = None
    finishes: tuple[BrokenOff, ...] = ()
    left: tuple[str, ...] = ()


def plan(
    admitted: Admitted,
    target: Target,
    facts: Facts,
    host_key: Fingerprint | None,
    identity: Identity,
    before: Before = Before(),
) -> Plan:
    """Make the plan: of what the order has, of what goes from the server, or of what is taken back."""
    case, former = admitted.case, before.former
    ordered: dict[str, Component] = {one.component: one for one in case.components}
    components = tuple(ordered[name] for name in case.ordered)
    scopes = [case.scopes[component.component] for component in components]
    removal = departure(case.removal, case.scopes[case.removal.component], scopes, facts) if case.removal else None
    undo = taking_back.taken_back(case.undo, former, scopes, facts) if case.undo and former else None
    others = there_before(case.scopes, (*case.ordered, *case.going), facts.system, facts.others)
    return Plan(
        kind="plan",
        plan=identity.plan_id,
        created=identity.now,
        expires=identity.now + GOOD_FOR,
        customer=case.agreement.content.customer,
        order=case.confirmation.content.order,
        engineer=case.engineer,
        host=PlannedHost(
            name=target.name,
            environment=target.environment,
            machine_id=facts.machine_id,
            ssh_host_key=host_key,
            system=facts.system,
            memory_mb=facts.memory_mb,
            cores=facts.cores,
        ),
        components=components,
        packages=() if undo else _packages(components, scopes, facts),
        removal=removal,
        undo=undo,
        there_before=others,
        finishes=before.finishes,
        keeps=None if removal or undo else f"{KEPT_IN}{identity.plan_id}/",
        touches=_touched(removal, undo, former) or _touches(scopes, facts),
        exceptions=_exceptions(case),
        sample=case.company.sample or None,
        notes=(
            *_broken_off(before.finishes),
            *_others(others),
            *_said(components, scopes, facts, removal, undo),
            *before.left,
        ),
        inputs=dict(sorted(case.inputs.items())),
        content_sha256=identity.content_sha256,
    )


def plan_image(
    admitted: AdmittedImage, image: str, facts: Facts, size: tuple[int, int], identity: Identity
) -> ImagePlan:
    """Make the plan of an image.

    Args:
        image: its name.
        facts: of the container that it comes from.
        size: memory in MB and cores that the roles are told; the first boot puts in those of the real machine.
    """
    case = admitted.case
    scopes = [case.scopes[component.component] for component in case.components]
    return ImagePlan(
        kind="image-plan",
        image=image,
        created=identity.now,
        host=PlannedHost(
            name=image,
            environment=Environment.DEFAULT_IMAGE,
            machine_id=facts.machine_id,
            system=facts.system,
            memory_mb=size[0],
            cores=size[1],
        ),
        components=case.components,
        packages=_packages(case.components, scopes, facts),
        touches=_touches(scopes, facts),
        sample=case.company.sample or None,
        notes=_notes(case.components, scopes, facts),
        inputs=dict(sorted(case.inputs.items())),
        content_sha256=identity.content_sha256,
    )


def _packages(components: tuple[Component, ...], scopes: list[Scope], facts: Facts) -> tuple[PlannedPackage, ...]:
    """Every package of the order in the version that is there or will be, and every dependency that apt adds."""
    changes = {change.name: change for change in facts.changes}
    packages = {}
    for component, scope in zip(components, scopes, strict=True):
        for name in packages_of(component, scope, facts.system):
            there, change = facts.installed.get(name), changes.get(name)
            version = change.version if change else there
            if version:
                packages[name] = PlannedPackage(
                    name=name,
                    version=version,
                    old_version=there,
                    component=component.component,
                    origin=change.origin if change else None,
                )
    for name, change in changes.items():
        packages.setdefault(
            name,
            PlannedPackage(name=name, version=change.version, old_version=change.old_version, origin=change.origin),
        )
    return tuple(packages[name] for name in sorted(packages))


def _union(parts: list[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _touches(scopes: list[Scope], facts: Facts) -> Touches:
    return Touches(
        paths=_union([scope.paths for scope in scopes]),
        services=_union([scope.systems[facts.system].services for scope in scopes]),
        users=_union([scope.users for scope in scopes]),
        groups=_union([scope.groups for scope in scopes]),
        ports=_union([scope.ports for scope in scopes]),
        settings=_union([scope.settings for scope in scopes]),
    )


def _touched(removal: PlannedRemoval | None, undo: PlannedUndo | None, former: Plan | None) -> Touches | None:
    if removal:
        return touched(removal)
    return taking_back.touched(undo, former) if undo and former else None


def _said(
    components: tuple[Component, ...],
    scopes: list[Scope],
    facts: Facts,
    removal: PlannedRemoval | None,
    undo: PlannedUndo | None,
) -> tuple[str, ...]:
    """What the customer should know before it starts."""
    if undo:
        return taking_back.notes(undo, facts)
    return () if removal else (*_unfinished(facts), *_elsewhere(components), *_notes(components, scopes, facts))


def _broken_off(finishes: tuple[BrokenOff, ...]) -> tuple[str, ...]:
    """Runs that were torn away, and what nobody knows therefore."""
    return tuple(
        f"run {one.run} of {one.began:%Y-%m-%d %H:%M} UTC was broken off: what changed on the server from then until "
        "this plan is run is not audited"
        for one in finishes
    )


def _others(there: tuple[str, ...]) -> tuple[str, ...]:
    """What the order does not have, and what can be done about that."""
    return tuple(
        f"on the server, and not in the order: {name}; it stays as it is, and `koor-provision remove` takes it out"
        for name in there
    )


def _exceptions(case: Case) -> tuple[str, ...]:
    if case.exception is None:
        return ()
    grant = case.exception.content
    by = ", ".join(sorted(case.exception.signers))
    whom = {"R6": f" for {grant.engineer}", "R9": f" for {', '.join(grant.components)}"}
    return tuple(
        f"{rule} may be broken{whom.get(rule, '')} until before {grant.expires}, by exception of {by}: {grant.reason}"
        for rule in grant.rules
    )


def _notes(components: tuple[Component, ...], scopes: list[Scope], facts: Facts) -> tuple[str, ...]:
    """What the system does not have, first of all what was ordered by name; then what the contracts say themselves."""
    missing = []
    for component, scope in zip(components, scopes, strict=True):
        here = scope.systems[facts.system]
        ordered = {
            f"{component.component}-{value}" for option in here.choices for value in chosen_values(component, option)
        }
        for name, reason in here.unavailable.items():
            what = "was ordered and is" if name in ordered else "is"
            missing.append(f"{name} {what} not available on {facts.system}: {reason}"[:200])
    missing.sort(key=lambda note: " was ordered " not in note)
    return (*missing, *(note for scope in scopes for note in scope.notes))


def _unfinished(facts: Facts) -> tuple[str, ...]:
    """What the package manager was torn from."""
    if not facts.unfinished:
        return ()
    return (f"left half installed, and finished first: {', '.join(facts.unfinished)}"[:200],)


def _elsewhere(components: tuple[Component, ...]) -> tuple[str, ...]:
    """What an order needs on another server, which this plan does not touch."""
    return tuple(
        line
        for one in components
        if isinstance(one, Sqlsrv)
        for line in (
            f"SQL Server 2022 is on {one.server_host} ({one.server_system}); this plan does not touch it",
            f"its administrator must run sqlsrv-{one.database}.sql there, which lies in /etc/koor-provision/secrets",
        )
    )


def differs(signed: Plan, fresh: Plan) -> tuple[str, ...]:
    """What a plan that was signed earlier no longer describes; empty if it still holds."""
    skipped = {"plan", "created", "expires", "keeps"}  # the last is named after the plan itself
    return tuple(
        field
        for field in type(signed).model_fields
        if field not in skipped and getattr(signed, field) != getattr(fresh, field)
    )


def choose_target(decision: Admitted | Refused, name: str | None) -> Target:
    """The target of this run: the one that is named, or the only one.

    Raises:
        InputError: the order has no such target, or several and none was named.
    """
    hosts = decision.case.targets.content.hosts
    names = ", ".join(host.name for host in hosts)
    if name is None:
        if len(hosts) == 1:
            return hosts[0]
        raise InputError(
            f"the order has several targets: {names}", where=decision.case.targets.file, hint="choose one: --host NAME"
        )
    found = next((host for host in hosts if host.name == name), None)
    if found is None:
        raise InputError(
            f"the order has no target '{name}'", where=decision.case.targets.file, hint=f"the customer named: {names}"
        )
    return found
