"""What R9 asks of the validation record that an approval rests on."""

from collections.abc import Iterator
from datetime import date

from koor_provision.models.case import Judged, RecordOnFile
from koor_provision.models.components import role_of
from koor_provision.models.software import Entry, ValidationRecord
from koor_provision.models.staff import Staff
from koor_provision.models.versions import VersionRange
from koor_provision.rules.common import Judge

_TESTS = {"integration_possible", "black_box_test", "data_protection"}
"""Rows that are passed or failed; the others say what was found."""


_AGAIN = "run it again: koor-provision software validate"


def doubts(entry: Entry, record: RecordOnFile, staff: Staff, today: date) -> Iterator[tuple[str, str]]:
    """Why an entry may not rest on its record: each reason with what to do about it."""
    yield from _says_something_else(entry, record)
    yield from _unsuccessful(staff, today, entry, record.content)
    yield from _ran_otherwise(entry, record.content)


def judge_entry(case: Judged, entry: Entry, judge: Judge) -> None:
    """Judge one entry of the approved list: its record is there, is the one that was approved, and shows a success."""
    where = f"{case.company.software.file}, entries, {entry.component}"
    record = judge_record(case, entry, judge)
    if entry.approved > case.today:
        judge.deny(
            f"approved in the future ({entry.approved})",
            where,
            "ask the CTO to enter the day of the approval and to sign the list again",
        )
    if entry.approved > case.company.software.content.issued:
        judge.deny(
            f"approved on {entry.approved}, after the list was issued ({case.company.software.content.issued})",
            where,
            "ask the CTO to issue the list anew, with the next version, and to sign it",
        )
    if record is None:
        return
    for reason, remedy in doubts(entry, record, case.company.staff.content, case.today):
        judge.deny(reason, where, remedy)


def judge_record(case: Judged, entry: Entry, judge: Judge) -> RecordOnFile | None:
    """Judge whether an entry's record is there, and the one that was approved: of every entry, ordered or not."""
    where = f"{case.company.software.file}, entries, {entry.component}"
    record = case.company.records.get(entry.record)
    if record is None:
        judge.deny(
            f"the validation record {entry.record} is missing",
            where,
            "ask the CTO for the record and put it there, or to validate and approve again",
        )
        return None
    if record.sha256 != entry.record_sha256:
        judge.deny(
            f"the validation record {entry.record} is not the one that the CTO approved",
            where,
            f"get the approved one back; or ask the CTO to read this one (sha256sum {entry.record}), "
            "enter its digest and sign the list again",
        )
    return record


def _says_something_else(entry: Entry, record: RecordOnFile) -> Iterator[tuple[str, str]]:
    content = record.content
    if (
        content.component != entry.component
        or content.versions != entry.versions
        or not set(entry.systems) <= set(content.systems)
        or not set(entry.extensions) <= set(content.extensions)
    ):
        yield (
            f"the validation record {entry.record} tested something else than the entry approves",
            "ask the CTO to have all that the entry names tested, or to approve what was tested",
        )
    if (content.new is None) == (content.update is None):
        yield (
            f"the validation record {entry.record} must hold the rows of a new or of an update validation",
            "whoever validated fills in all rows below `new:` or `update:`; `koor-provision sample DIR` has examples",
        )


def _unsuccessful(staff: Staff, today: date, entry: Entry, content: ValidationRecord) -> Iterator[tuple[str, str]]:
    again = "whoever validated mends what failed, tests again and writes a new record for the CTO to approve"
    if content.passed != "yes":
        yield f"the validation {entry.record} did not pass", again
    for name, row in content.rows():
        said = f"row '{name}' of the validation {entry.record}"
        if row.passed is False:
            yield f"{said} failed", again
        if row.passed is None and name in _TESTS:
            yield f"{said} does not say whether it passed", "whoever validated enters `passed: true` or `passed: false`"
        responsible = staff.find(row.responsible)
        if responsible is None or (responsible.left is not None and responsible.left <= row.date):
            yield (
                f"{said} was answered by {row.responsible}, who was not with us on {row.date}",
                "somebody in the staff register looks at it again and answers for it",
            )
    if content.last_test and content.last_test > today:
        yield (
            f"the validation {entry.record} is dated in the future ({content.last_test})",
            "enter the days of the tests",
        )
    if content.last_test and content.last_test > entry.approved:
        yield (
            f"approved on {entry.approved}, before the last test ({content.last_test})",
            "ask the CTO to look at all results, and to approve with the day on which that was",
        )


def ran_outside(entry: Entry, content: ValidationRecord) -> Iterator[tuple[str, str]]:
    """Which versions a record's own test runs had that it does not speak for.

    Judged with an approval and with a plan: to compare versions takes what `check` starts without.
    """
    versions = VersionRange.parse(content.versions)
    for run in content.tested:
        if run.version not in versions:
            yield (
                f"the validation {entry.record} ran {run.version} on {run.system}, outside of what it validates",
                _AGAIN,
            )


def _ran_otherwise(entry: Entry, content: ValidationRecord) -> Iterator[tuple[str, str]]:
    """What a record's own test runs say against the approval; a record without any was written by hand."""
    for run in content.tested:
        if not run.passed:
            yield f"a scenario of the validation {entry.record} failed on {run.system}", _AGAIN
    role = f"roles/{role_of(entry.component)}"
    for run in content.tested:
        if role not in run.digests or run.version not in run.packages.values():
            yield f"the validation {entry.record} did not run {entry.component} on {run.system}", _AGAIN
    missing = [system for system in entry.systems if system not in {run.system for run in content.tested}]
    if content.tested and missing:
        yield f"the validation {entry.record} ran nothing on {', '.join(missing)}", _AGAIN
