"""R9: only the CTO approves customer software, after documented testing."""

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding
from koor_provision.models.software import Entry
from koor_provision.models.staff import Position
from koor_provision.models.versions import VersionRange
from koor_provision.rules.common import Judge, holds, signed_by

RULE = "R9"
TITLE = "The CTO approved each component's versions, and the testing is on record"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if the list is the CTO's and valid today, and each ordered component's entry rests on a record."""
    judge = Judge(RULE)
    software = case.company.software
    staff = case.company.staff.content
    if not any(holds(staff.find(person), Position.CTO, case.today) for person in software.signers):
        judge.deny(
            f"the approved list is not signed by the CTO ({signed_by(software)})",
            f"{software.file}.sig",
            f"ask the CTO to check the list and run: koor-provision sign {software.file} --key KEY",
        )
    if not software.content.issued <= case.today < software.content.expires:
        judge.deny(
            f"the approved list is valid from {software.content.issued} until before {software.content.expires}",
            f"{software.file}, expires",
            "get the present list from the CTO",
        )
    components = case.confirmation.content.components
    for name in components:
        entries = software.content.find(name)
        if not entries:
            judge.deny(
                f"no version of '{name}' is approved",
                f"{software.file}, entries",
                f"ask the CTO to validate and approve '{name}'",
            )
        for entry in entries:
            _entry_rests_on_record(case, entry, judge)
    if not components:
        judge.unknown("the order names no component", f"{case.confirmation.file}, components", "list what was ordered")
    return judge.answer(
        f"approved by the CTO with validation records (list version {software.content.version})", software.file
    )


def _entry_rests_on_record(case: Case, entry: Entry, judge: Judge) -> None:
    where = f"{case.company.software.file}, entries, {entry.component}"
    record = case.company.records.get(entry.record)
    remedy = "ask the CTO for the validation record, or to validate and approve again"
    if record is None:
        judge.deny(f"the validation record {entry.record} is missing", where, remedy)
        return
    if record.sha256 != entry.record_sha256:
        judge.deny(f"the validation record {entry.record} is not the one that the CTO approved", where, remedy)
    content = record.content
    if (
        content.component != entry.component
        or content.versions != entry.versions
        or not set(entry.systems) <= set(content.systems)
    ):
        judge.deny(f"the validation record {entry.record} tested something else than the entry approves", where, remedy)
    if content.passed != "yes":
        judge.deny(f"the validation {entry.record} did not pass", where, remedy)
    if (content.new is None) == (content.update is None):
        judge.deny(
            f"the validation record {entry.record} must hold the rows of a new or of an update validation",
            where,
            remedy,
        )
    if content.tested and content.tested > entry.approved:
        judge.deny(f"approved on {entry.approved}, before the last test ({content.tested})", where, remedy)
    if entry.approved > case.today:
        judge.deny(f"approved in the future ({entry.approved})", where, "enter the day of the approval")


def check_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """Pass if the exact version of every component on this system lies in an approved range."""
    judge = Judge(RULE)
    plan = proposal.plan
    versions = {package.name: package.version for package in plan.packages}
    approved = []
    for component in plan.components:
        name = component.component
        scope = (
            next((one for system, one in case.scopes[name].systems.items() if system == plan.host.system), None)
            if name in case.scopes
            else None
        )
        package = scope.version_package if scope else None
        version = versions.get(package) if package else None
        where = f"{case.company.software.file}, entries, {name}"
        entries = [entry for entry in case.company.software.content.find(name) if plan.host.system in entry.systems]
        if version is None and not entries:
            remedy = f"order '{name}' for a system that it is approved on"
            judge.deny(f"no version of '{name}' is approved on {plan.host.system}", where, remedy)
            continue
        if version is None:
            judge.unknown(f"the version of '{name}' on {plan.host.system} is not known", where, "make the plan again")
            continue
        if not any(version in VersionRange.parse(entry.versions) for entry in entries):
            ranges = "; ".join(str(VersionRange.parse(entry.versions)) for entry in entries) or "none"
            judge.deny(
                f"'{name}' {version} on {plan.host.system} is not approved (approved there: {ranges})",
                where,
                f"ask the CTO to validate {name} {version} on {plan.host.system} and widen the entry",
            )
        approved.append(f"{name} {version}")
    return judge.answer(f"approved versions: {', '.join(approved)}", case.company.software.file)
