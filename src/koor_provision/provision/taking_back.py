"""What a plan takes back of one run, worked out from that run's plan and what the server kept of it. Pure."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from koor_provision.models.facts import Facts
from koor_provision.models.order import Undo
from koor_provision.models.plan import Plan, Touches
from koor_provision.models.scope import Scope
from koor_provision.models.undo import Given, Kept, Made, PlannedUndo, TakenPackage

_PAGES, _LOGS = "/var/www/", "/var/log/"
_MEGABYTE = 1_000_000


def taken_back(undo: Undo, former: Plan, scopes: Sequence[Scope], facts: Facts) -> PlannedUndo:
    """Everything that the run brought or changed, as far as it is still so.

    Args:
        former: the plan of the run.
        scopes: the contracts of its components.
    """
    kept = facts.kept or Kept(run=undo.run, state="none")
    brought = {package.name: package.component for package in former.packages if package.old_version is None}
    going = {name: version for name, version in kept.added.items() if name in brought}
    data = [one for one in kept.made if one.touched and _may_be_the_customers(one, scopes)]
    plain = [one for one in kept.made if one not in data]
    taken = bool(going or kept.restored or kept.deleted or kept.made)
    return PlannedUndo(
        run=undo.run,
        finished=kept.finished,
        discard=undo.discard,
        packages=tuple(
            TakenPackage(name=name, version=version, component=brought[name], configuration_stays=name in kept.left)
            for name, version in sorted(going.items())
        ),
        upgraded=tuple(sorted(kept.upgraded)),
        automatic=kept.automatic,
        restored=kept.restored,
        deleted=kept.deleted,
        made=tuple(one.path for one in plain),
        data=tuple(Given(path=one.path, files=one.files, megabytes=-(-one.bytes // _MEGABYTE)) for one in data),
        changed=kept.changed,
        alternatives=kept.alternatives,
        choices=kept.choices,
        users=kept.users,
        groups=kept.groups,
        started=kept.started,
        stopped=kept.stopped,
        restarted=kept.restarted if taken else (),
    )


def _may_be_the_customers(one: Made, scopes: Sequence[Scope]) -> bool:
    """Whether it is a place for data by the contract of a component, or for a site's pages.

    Logs are none here: a service writes one as soon as it is looked at, and they go with it.
    """
    places = {path for scope in scopes for path in scope.removal.data if not path.startswith(_LOGS)} | {_PAGES}
    return any(fnmatchcase(f"{one.path}/", f"{place.rstrip('/')}/*") for place in places)


def touched(undo: PlannedUndo, former: Plan) -> Touches:
    """What taking a run back touches: what the run might, and the files that its packages' scripts changed besides."""
    there = former.touches
    paths = (*there.paths, *undo.restored, *undo.going)
    return Touches(
        paths=tuple(dict.fromkeys(path for path in paths if _plain(path))),
        services=there.services,
        users=undo.users,
        groups=undo.groups,
        ports=there.ports,
    )


def _plain(path: str) -> bool:
    """Whether a contract could name a path; all that are touched stand in the plan anyway."""
    return len(path) <= 200 and all(letter.isalnum() or letter in "/._*@-" for letter in path) and path.isascii()  # noqa: PLR2004  # a contract's paths are no longer


def notes(undo: PlannedUndo, facts: Facts) -> tuple[str, ...]:
    """What an undo cannot do, or cannot know."""
    upgraded = facts.kept.upgraded if facts.kept else {}
    said = [
        f"{name} stays in version {now}; before the run it was {before}, which no repository may have any longer"
        for name, (before, now) in sorted(upgraded.items())
    ]
    said.append("what the run changed outside of /etc and of the places that the order names was not kept, and stays")
    if not undo.finished:
        said.append(
            "the run was torn away before it could note what it left: what somebody changed since in what it may have "
            "touched cannot be told apart, and goes back as well"
        )
    return tuple(one[:200] for one in said)
