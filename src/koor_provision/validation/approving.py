"""Enters a validation record in the approved list, as text: comments and everything else stay as they are (R9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import yaml

from koor_provision.errors import InputError, RefusedError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.models.case import Company, RecordOnFile
from koor_provision.models.components import role_of
from koor_provision.models.software import ApprovedSoftware, Entry, ValidationRecord
from koor_provision.models.versions import VersionRange
from koor_provision.rules.validation import doubts, ran_outside

OLD = timedelta(days=90)
"""A test that is older is told to whoever approves on the strength of it."""


@dataclass(frozen=True)
class Change:
    """What an approval makes of the list.

    Attributes:
        text: the new list.
        replaced: entries that the new one stands for, in whole or on some systems.
    """

    text: str
    entry: Entry
    replaced: tuple[Entry, ...]


def entry_of(record: ValidationRecord, name: str, sha256: str, today: date) -> Entry:
    """The entry that a record can be approved with; `name` is its file's."""
    return Entry(
        component=record.component,
        versions=record.versions,
        systems=record.systems,
        extensions=record.extensions,
        approved=today,
        record=f"validations/{name}",
        record_sha256=sha256,
    )


def must_be_approvable(company: Company, entry: Entry, record: RecordOnFile, today: date) -> None:
    """See that nothing speaks against an approval: what R9 would refuse, nobody approves.

    Raises:
        RefusedError: the validation failed, or does not show what is to be approved.
        InputError: it is approved already.
    """
    reasons = [*doubts(entry, record, company.staff.content, today), *ran_outside(entry, record.content)]
    if not record.content.tested:
        reasons.append(("holds no test run", "run them: koor-provision software validate"))
    versions = VersionRange.parse(record.content.versions)
    if doubt := next((said for run in record.content.tested if (said := versions.doubt(run.version))), ""):
        reasons.append((doubt, "validate again, with both ends: --versions 'vers:deb/>=1:11.8|<1:11.9~'"))
    if reasons:
        raise RefusedError("; ".join(reason for reason, _ in reasons), where=entry.record, hint=reasons[0][1])
    if any(one.record_sha256 == entry.record_sha256 for one in company.software.content.entries):
        raise InputError("is approved already", where=entry.record, hint="koor-provision software list")


def cautions(record: ValidationRecord, roles: Mapping[str, str], today: date) -> Iterator[str]:
    """What the CTO should know before approving: what `software outdated` would say right afterwards.

    Args:
        roles: the present digest of each role, as a record holds it.
    """
    age = (today - record.last_test).days if record.last_test else 0
    if age > OLD.days:
        yield f"tested {age} days ago; what the systems offer today may be another thing"
    role = f"roles/{role_of(record.component)}"
    if any(run.digests.get(role) not in {None, roles.get(role)} for run in record.tested):
        yield f"{role} is not what was tested: it has changed since, or this is another release of koor-provision"


def must_not_go_back(company: Company, change: Change, record: ValidationRecord) -> None:
    """See that no newer test gives way to an older one.

    Raises:
        InputError: an entry that would be replaced rests on a newer test.
    """
    for entry in change.replaced:
        former = company.records.get(entry.record)
        newest = former.content.last_test if former else None
        if newest and record.last_test and newest > record.last_test:
            raise InputError(
                f"was tested on {record.last_test}, before what it would replace ({entry.record}, {newest})",
                where=change.entry.record, hint="validate again: koor-provision software validate",
            )  # fmt: skip


def approve(old: Content, entry: Entry, today: date, expires: date) -> Change:
    """The list's successor, with the entry.

    Raises:
        InputError: the list is written in a way that cannot be edited.
    """
    before = to_model(old, ApprovedSoftware)
    text = old.data.decode()
    replaced = tuple(one for one in before.entries if _stands_for(entry, one))
    kept = [one for one in before.entries if one not in replaced]
    lines = text.splitlines(keepends=True)
    places = _places(text)
    rest = [(index, _left(entry, one)) for index, one in enumerate(before.entries) if one in replaced]
    block = _block(entry)
    # From the end, so that what comes before keeps its lines. The new entry stands where the first stood.
    for index, left in reversed(rest):
        begin, end = places[index]
        lines[begin:end] = [*(_block(left) if left else []), *(block if index == rest[0][0] else [])]
    if not rest:
        end = places[-1][1] if places else _after_entries(lines)
        lines[end:end] = block
    new = _with_head("".join(lines), before.version + 1, today, expires, old.sha256)
    content = Content(old.name, new.encode())
    after = to_model(content, ApprovedSoftware)
    expected = {entry, *kept, *(left for _, left in rest if left)}
    if set(after.entries) != expected or (after.version, after.previous_sha256) != (before.version + 1, old.sha256):
        raise InputError(
            "is written in a way that cannot be edited by a program", where=old.name,
            hint="write each entry on lines of its own, as `koor-provision sample DIR` does",
        )  # fmt: skip
    return Change(new, entry, replaced)


def _stands_for(new: Entry, old: Entry) -> bool:
    """Whether an entry approves, on some systems at least, all that an older one does."""
    return (
        old.component == new.component
        and bool(set(old.systems) & set(new.systems))
        and VersionRange.parse(old.versions).within(VersionRange.parse(new.versions))
        and set(old.extensions) <= set(new.extensions)
    )


def _left(new: Entry, old: Entry) -> Entry | None:
    """What an older entry still approves: itself on the systems that the new one has not."""
    systems = tuple(system for system in old.systems if system not in new.systems)
    return old.model_copy(update={"systems": systems}) if systems else None


def _places(text: str) -> list[tuple[int, int]]:
    """The lines of each entry: the first, and the one after its last."""
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    items: Any = next((value.value for key, value in root.value if key.value == "entries"), [])
    return [(item.start_mark.line, _last_line(item) + 1) for item in items]


def _last_line(node: yaml.Node) -> int:
    """The last line on which something of a node stands; its own end may lie behind comments."""
    if isinstance(node, yaml.MappingNode) and node.value:
        return int(_last_line(node.value[-1][1]))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return int(_last_line(node.value[-1]))
    return int(node.end_mark.line)


def _block(entry: Entry) -> list[str]:
    return [f"{line}\n" for line in _entry_lines(entry)]


def _entry_lines(entry: Entry) -> Iterator[str]:
    yield f"  - component: {entry.component}"
    yield f'    versions: "{entry.versions}"'
    yield f"    systems: [{', '.join(entry.systems)}]"
    if entry.extensions:
        yield f"    extensions: [{', '.join(entry.extensions)}]"
    yield f"    approved: {entry.approved}"
    yield f"    record: {entry.record}"
    yield f"    record_sha256: {entry.record_sha256}"


def _after_entries(lines: list[str]) -> int:
    """Where the first entry goes: `entries: []` becomes `entries:`."""
    for number, line in enumerate(lines):
        if line.startswith("entries:"):
            lines[number] = "entries:\n"
            return number + 1
    lines.append("entries:\n")
    return len(lines)


def _with_head(text: str, version: int, today: date, expires: date, previous: str) -> str:
    """The text with the next version's own values."""
    values = {"version": str(version), "issued": str(today), "expires": str(expires), "previous_sha256": previous}
    lines = []
    for line in text.splitlines(keepends=True):
        key = line.partition(":")[0]
        if key == "previous_sha256":
            continue
        lines.append(f"{key}: {values[key]}\n" if key in values else line)
        if key == "version":
            lines.append(f"previous_sha256: {previous}\n")
    return "".join(lines)
