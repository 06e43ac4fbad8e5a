"""R9: only the CTO approves customer software, after documented testing."""

from koor_provision.models.application import Application
from koor_provision.models.case import ImageProposal, Judged, Proposal
from koor_provision.models.components import OWN
from koor_provision.models.documents import Signed
from koor_provision.models.finding import Finding
from koor_provision.models.software import ApprovedSoftware
from koor_provision.models.versions import VersionRange
from koor_provision.rules.common import PLAN_AGAIN, Judge
from koor_provision.rules.ctos import judge_signature, judge_validity
from koor_provision.rules.extensions import judge_approved
from koor_provision.rules.validation import judge_entry, judge_record, ran_outside

RULE = "R9"
TITLE = "The CTO approved each component's versions, and the testing is on record"


def check(case: Judged) -> tuple[Finding, ...]:
    """Pass if the list is the CTO's and valid today, and each ordered component's entry rests on a record."""
    judge = Judge(RULE)
    if case.undo:
        return judge.not_applicable("nothing is installed", case.company.software.file)
    software = case.company.software
    judge_signature(case, software, "approved list", judge)
    judge_validity(case, software, "approved list", judge)
    _follows_its_predecessor(software, judge)
    components = case.ordered
    for name in (one for one in components if one != OWN):
        judge.component = name
        entries = software.content.find(name)
        if not entries:
            judge.deny(
                f"no version of '{name}' is approved",
                f"{software.file}, entries",
                f"ask the CTO to have '{name}' validated, to approve it and to sign the list again; what is approved: "
                "koor-provision software list",
            )
        for entry in entries:
            judge_entry(case, entry, judge)
    judge_approved(case, judge)
    judge.component = ""
    for entry in software.content.entries:
        if entry.component not in components:  # whoever changed one of the CTO's records may have changed others
            judge_record(case, entry, judge)
    if not components:
        judge.unknown("the order names no component", f"{case.ordered_in}, components", "list what was ordered")
    return judge.answer(
        f"approved by the CTO with validation records (list version {software.content.version})", software.file
    )


def _follows_its_predecessor(software: Signed[ApprovedSoftware], judge: Judge) -> None:
    """The first list has no predecessor; each later one names its digest, so that none can be slipped in between."""
    version, previous = software.content.version, software.content.previous_sha256
    if version == 0:
        judge.deny("the approved list has version 0", f"{software.file}, version", "the CTO's first list has version 1")
    elif version == 1 and previous is not None:
        judge.deny(
            "the approved list is the first one and names a predecessor",
            f"{software.file}, previous_sha256",
            "ask the CTO to give it the version after its predecessor's, and to sign it again",
        )
    elif version > 1 and previous is None:
        judge.deny(
            f"the approved list has version {version} and does not name its predecessor",
            f"{software.file}, previous_sha256",
            f"ask the CTO to enter the digest of version {version - 1} (sha256sum), and to sign the list again",
        )
    elif previous == software.sha256:
        judge.deny(
            "the approved list names itself as its predecessor",
            f"{software.file}, previous_sha256",
            f"ask the CTO to enter the digest of version {version - 1} (sha256sum), and to sign the list again",
        )


def check_plan(case: Judged, proposal: Proposal | ImageProposal) -> tuple[Finding, ...]:
    """Pass if the exact version of every component on this system lies in an approved range."""
    judge = Judge(RULE)
    plan = proposal.plan
    if plan.removal or plan.undo:
        return judge.not_applicable("nothing is installed", "plan, removal" if plan.removal else "plan, undo")
    versions = {package.name: package.version for package in plan.packages}
    approved = []
    for component in plan.components:
        name = judge.component = component.component
        if isinstance(component, Application):
            approved.append(f"{name} {component.version}, ours, by the digest in the offer")
            continue
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
            judge.unknown(f"the version of '{name}' on {plan.host.system} is not known", where, PLAN_AGAIN)
            continue
        if not any(version in VersionRange.parse(entry.versions) for entry in entries):
            ranges = "; ".join(str(VersionRange.parse(entry.versions)) for entry in entries) or "none"
            judge.deny(
                f"'{name}' {version} on {plan.host.system} is not approved (approved there: {ranges})",
                where,
                f"ask the CTO to have {name} {version} validated on {plan.host.system}, to widen the entry and to sign "
                "the list again; what is approved: koor-provision software list",
            )
        for entry in entries:
            record = case.company.records.get(entry.record)
            for reason, remedy in ran_outside(entry, record.content) if record else ():
                judge.deny(reason, where, remedy)
        approved.append(f"{name} {version}")
    return judge.answer(f"approved versions: {', '.join(approved)}", case.company.software.file)
