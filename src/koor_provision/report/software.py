"""The approved list in words: what is approved and how old the tests are; what one list changes against another."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import click

from koor_provision.models.base import Sha256
from koor_provision.models.case import Company
from koor_provision.models.documents import Signed
from koor_provision.models.software import ApprovedSoftware, Entry
from koor_provision.models.text import shown
from koor_provision.models.versions import VersionRange


@dataclass(frozen=True)
class ListRow:
    """One entry and what is known of its tests.

    Attributes:
        age_days: since the last test; None without a record.
        ran: which versions a test run was made with, and on which system.
    """

    component: str
    versions: str
    systems: tuple[str, ...]
    approved: str
    record: str
    record_as_approved: bool
    tested: str | None
    age_days: int | None
    approved_by: tuple[str, ...] = ()
    ran: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A list to compare: its name for people, its digest, and what it says."""

    name: str
    sha256: Sha256
    content: ApprovedSoftware


@dataclass(frozen=True)
class Change:
    """What became of one component on some systems: added, widened, narrowed, moved, approved again, removed."""

    component: str
    change: str
    systems: tuple[str, ...]
    before: str
    after: str


def rows(company: Company, today: date) -> tuple[ListRow, ...]:
    """What there is to say of each entry, in the list's order."""
    return tuple(_row(company, entry, today) for entry in company.software.content.entries)


def _row(company: Company, entry: Entry, today: date) -> ListRow:
    record = company.records.get(entry.record)
    tested = record.content.last_test if record else None
    return ListRow(
        entry.component,
        str(VersionRange.parse(entry.versions)),
        entry.systems,
        entry.approved.isoformat(),
        entry.record,
        record is not None and record.sha256 == entry.record_sha256,
        tested.isoformat() if tested else None,
        (today - tested).days if tested else None,
        tuple(sorted(company.software.signers)),
        tuple(f"{run.version} on {run.system}" for run in record.content.tested) if record else (),
    )


def list_text(software: Signed[ApprovedSoftware], entries: Sequence[ListRow], today: date) -> str:
    """For people: the list's own state, then a block for each entry."""
    return "\n".join(_list_lines(software, entries, today))


def _list_lines(software: Signed[ApprovedSoftware], entries: Sequence[ListRow], today: date) -> Iterator[str]:
    content = software.content
    valid = content.issued <= today < content.expires
    yield (
        click.style(f"Approved software, version {content.version}", bold=True)
        + f": signed by {', '.join(sorted(software.signers)) or 'nobody whose signature counts'}, "
        + click.style(f"valid from {content.issued} until before {content.expires}", fg=None if valid else "red")
    )
    for entry in entries:
        yield f"  {click.style(f'{entry.component:<12}', bold=True)} {entry.versions} on {', '.join(entry.systems)}"
        if entry.tested is None:
            tests = click.style("the record is missing", fg="red")
        elif not entry.record_as_approved:
            tests = click.style("the record is not the one that was approved", fg="red")
        else:
            tests = f"tested {entry.tested}, {entry.age_days} days ago" + "".join(f", {run}" for run in entry.ran)
        by = f" by {', '.join(entry.approved_by)}" if entry.approved_by else ""
        yield f"               approved {entry.approved}{by}; {shown(entry.record)}: {tests}"
    yield "Whether an order may rest on it, R9 judges: koor-provision explain R9"


def list_json(software: Signed[ApprovedSoftware], entries: Sequence[ListRow], today: date) -> str:
    """For programs."""
    content = software.content
    data: dict[str, Any] = {
        "version": content.version,
        "issued": content.issued.isoformat(),
        "expires": content.expires.isoformat(),
        "valid": content.issued <= today < content.expires,
        "signed_by": sorted(software.signers),
        "sha256": software.sha256,
        "previous_sha256": content.previous_sha256,
        "entries": [asdict(entry) for entry in entries],
    }
    return json.dumps(data, indent=2)


def changes(old: ApprovedSoftware, new: ApprovedSoftware) -> tuple[Change, ...]:
    """What the new list changes, by component; systems with the same change together."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for component in dict.fromkeys(entry.component for entry in (*old.entries, *new.entries)):
        systems = {name: None for one in (*old.find(component), *new.find(component)) for name in one.systems}
        for system in systems:
            before = [entry for entry in old.find(component) if system in entry.systems]
            after = [entry for entry in new.find(component) if system in entry.systems]
            if what := _what(before, after):
                found.setdefault((component, what, _ranges(before), _ranges(after)), []).append(system)
    return tuple(
        Change(component, what, tuple(systems), before, after)
        for (component, what, before, after), systems in found.items()
    )


def _what(before: Sequence[Entry], after: Sequence[Entry]) -> str:
    if not before or not after:
        return "removed" if before else "added"
    grows, shrinks = not _within(after, before), not _within(before, after)
    if grows or shrinks:
        return "moved" if grows and shrinks else "widened" if grows else "narrowed"
    same = [entry.model_dump(exclude={"systems"}) for entry in before] == [
        entry.model_dump(exclude={"systems"}) for entry in after
    ]
    return "" if same else "approved again"


def _within(entries: Sequence[Entry], others: Sequence[Entry]) -> bool:
    """Whether all that these approve is approved by one of the others."""
    wider = [VersionRange.parse(other.versions) for other in others]
    return all(any(VersionRange.parse(entry.versions).within(one) for one in wider) for entry in entries)


def _ranges(entries: Sequence[Entry]) -> str:
    return "; ".join(str(VersionRange.parse(entry.versions)) for entry in entries)


def _follows(old: Listed, new: Listed) -> bool:
    return new.content.previous_sha256 == old.sha256 and new.content.version > old.content.version


_LOOK = {"added": "green", "widened": "yellow", "moved": "yellow", "narrowed": "cyan", "removed": "red"}


def diff_text(old: Listed, new: Listed) -> str:
    """For people: a sentence for each change, and whether the new list is the old one's successor."""
    lines = [
        f"{shown(old.name)} (version {old.content.version}) -> {shown(new.name)} (version {new.content.version})",
    ]
    for one in changes(old.content, new.content):
        word = click.style(one.change, fg=_LOOK.get(one.change))
        versions = " -> ".join(part for part in dict.fromkeys((one.before, one.after)) if part)
        lines.append(f"  {one.component:<12} {word} on {', '.join(one.systems)}: {versions}")
    if len(lines) == 1:
        lines.append("  approves the same as before")
    if old.sha256 == new.sha256:
        lines.append("it is the same list")
    elif _follows(old, new):
        lines.append("it is the successor: it has a higher version and names the old one's digest")
    else:
        lines.append(
            click.style("it is not the successor", fg="yellow")
            + f": that has a version after {old.content.version} and previous_sha256: {old.sha256}"
        )
    return "\n".join(lines)


def diff_json(old: Listed, new: Listed) -> str:
    """For programs."""
    data = {
        name: {"file": one.name, "version": one.content.version, "sha256": one.sha256}
        for name, one in (("old", old), ("new", new))
    }
    found = [asdict(change) for change in changes(old.content, new.content)]
    return json.dumps({**data, "successor": _follows(old, new), "changes": found}, indent=2)
