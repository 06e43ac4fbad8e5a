"""Whose each change is: a component's by its contract, a planned package's, the system's, or nobody's. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from koor_provision.audit.accounts import harmless
from koor_provision.audit.answer import AccountRow, Answer, FileRow, PortRow
from koor_provision.audit.expected import INSTALLED, TRIGGERS, Contract, Expected, state_of
from koor_provision.audit.files import attribute
from koor_provision.audit.places import ACCOUNT_FILES
from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.models.text import shown

_MOUNTS_OF_THE_SYSTEM = ("/run/credentials/", "/run/user/")


def audit(answer: Answer, plan: Expected, seconds: float, troubles: tuple[str, ...] = ()) -> Audit:
    """Everything that changed, each with its owner.

    Args:
        seconds: what both looks took.
        troubles: of the first look.
    """
    changes = [
        *_packages(answer, plan),
        *_files(answer, plan),
        *(_account(row, plan) for row in answer.accounts),
        *_ports(answer, plan),
        *_settings(answer, plan),
        *(Change(ChangeKind.FIREWALL, name, "changed", detail) for name, detail in answer.firewall),
    ]
    return Audit(
        changes=tuple(sorted(_shown(change) for change in changes)),
        troubles=tuple(dict.fromkeys(shown(trouble) for trouble in (*troubles, *answer.troubles))),
        files=answer.files,
        seconds=round(seconds, 1),
        left_out=tuple(shown(line) for line in answer.left_out),
    )


def _shown(change: Change) -> Change:
    """Names come from the server, and go to a terminal."""
    return replace(change, what=shown(change.what), detail=shown(change.detail))


def _packages(answer: Answer, plan: Expected) -> Iterator[Change]:
    moved = _moved(answer, plan)
    for name, (before, after) in answer.packages.items():
        how = "changed" if _is_there(before) == _is_there(after) else "added" if _is_there(after) else "removed"
        files = answer.shipped.get(name, 0)
        detail = [_said(before, after), f"{files} files as shipped" if files else ""]
        change = Change(ChangeKind.PACKAGE, name, how, ", ".join(filter(None, detail)))
        if plan.planned(name, after):
            component = plan.components.get(name)
            owner = Owner.COMPONENT if component else Owner.PACKAGE
            change = replace(change, owner=owner, by=component or name)
        elif _triggered(before, after):
            change = replace(change, owner=Owner.PACKAGE, by="the package manager did what it was still to do")
        elif name in plan.packages:
            change = replace(change, detail=f"{change.detail}, planned was {plan.packages[name] or 'its removal'}")
            if plan.torn(name, before, after):
                change = replace(change, owner=Owner.UNFINISHED, by=plan.components.get(name) or name)
        elif moved and _left_waiting(before, after):
            change = replace(
                change, owner=Owner.UNFINISHED, by="the package manager did not do what it was still to do"
            )
        yield change


def _moved(answer: Answer, plan: Expected) -> bool:
    """Whether the package manager got anywhere with what was planned."""
    rows = answer.packages.items()
    return any(plan.planned(name, after) or plan.torn(name, before, after) for name, (before, after) in rows)


def _left_waiting(before: list[str] | None, after: list[str] | None) -> bool:
    """Whether a package is as it was but for triggers that others' packages set off, and nobody came to."""
    if before is None or after is None or before[0] != after[0]:
        return False
    return before[1] == INSTALLED and state_of(after) in TRIGGERS


def _triggered(before: list[str] | None, after: list[str] | None) -> bool:
    """Whether nothing but its open triggers were done; what those write is found by itself."""
    if before is None or after is None or before[0] != after[0]:
        return False
    return before[1].rpartition(" ")[2] in {"triggers-pending", "triggers-awaited"} and after[1] == INSTALLED


def _is_there(seen: list[str] | None) -> bool:
    return seen is not None and seen[1].rpartition(" ")[2] not in {"config-files", "not-installed"}


def _said(before: list[str] | None, after: list[str] | None) -> str:
    """Versions before and after; the state too, where the versions alone do not say it."""
    (old, was), (new, is_now) = before or ["", ""], after or ["", ""]
    versions = " -> ".join(dict.fromkeys(filter(None, (old, new))))
    if not versions:
        return is_now or was
    if old == new:
        return f"{versions}, {was} -> {is_now}"
    return versions if not _is_there(after) or is_now == INSTALLED else f"{versions}, {is_now}"


def _files(answer: Answer, plan: Expected) -> Iterator[Change]:
    installing = _moved(answer, plan)
    for row in answer.files_changed:
        if not (row.path in ACCOUNT_FILES and answer.accounts and _only_written(row)):  # told by account
            yield attribute(row, plan, installing=installing)


def _only_written(row: FileRow) -> bool:
    """Whether nothing but its content and its size is other than it was."""
    return row.before is not None and row.after is not None and row.before._replace(size=row.after.size) == row.after


def _account(row: AccountRow, plan: Expected) -> Change:
    kind = ChangeKind.USER if row.kind == "user" else ChangeKind.GROUP
    change = Change(kind, row.name, row.how, row.detail)
    by_package = row.package in plan.packages
    for contract in plan.contracts:
        if _names(row, contract) and harmless(row, contract, by_package=by_package):
            return replace(change, owner=Owner.COMPONENT, by=contract.component)
    own = Contract(row.package, users=(row.name,), groups=(row.name,))
    if by_package and row.how != "changed" and harmless(row, own, by_package=True):
        return replace(change, owner=Owner.PACKAGE, by=row.package)
    return change


def _names(row: AccountRow, contract: Contract) -> bool:
    return row.name in (contract.users if row.kind == "user" else contract.groups)


def _ports(answer: Answer, plan: Expected) -> Iterator[Change]:
    for row in answer.ports:
        how = "changed" if row.listens and row.before else "added" if row.listens else "removed"
        change = Change(ChangeKind.PORT, row.port, how, row.holder)
        names = {row.port, row.port.replace("0.0.0.0:", "*:", 1), row.port.replace("[::]:", "*:", 1)}
        for contract in plan.contracts:
            named = names & {*contract.ports, *(() if row.listens else contract.closes)}
            if named and (not row.listens or _serves(row, contract, plan)):
                change = replace(change, owner=Owner.COMPONENT, by=contract.component)
                break
        yield change


def _serves(row: PortRow, contract: Contract, plan: Expected) -> bool:
    """Whether it is the component that listens: its service, run from a package, or else its user."""
    if not row.programs:
        return row.user in contract.users
    return all(
        package and (_unit(unit) in contract.services if unit else package in plan.packages)
        for package, unit in row.programs
    )


def _unit(name: str) -> str:
    """The unit that an instance belongs to: one of PostgreSQL's clusters is started by `postgresql.service`."""
    return f"{name.partition('@')[0]}.service" if "@" in name else name


def _settings(answer: Answer, plan: Expected) -> Iterator[Change]:
    for name, before, after in answer.settings:
        change = Change(ChangeKind.SETTING, name, "changed", f"{before} -> {after}")
        for contract in plan.contracts:
            if name in contract.settings:
                change = replace(change, owner=Owner.COMPONENT, by=contract.component)
        yield change
    for place, before, after in answer.mounts:
        how = "changed" if before and after else "added" if after else "removed"
        change = Change(ChangeKind.SETTING, f"mount on {place}", how, (after or before or "").split(" ")[0])
        if place.startswith(_MOUNTS_OF_THE_SYSTEM):
            change = replace(change, owner=Owner.SYSTEM, by="systemd's, for a service or a login")
        yield change
