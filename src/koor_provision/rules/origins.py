"""R8 and R9, of each package: it comes from the system's own repositories, or from one that the CTO approved for it.

A version that another repository offers is another package, whatever its number: nobody tested that one.
"""

from typing import TYPE_CHECKING

from koor_provision.models.case import ImageProposal, Judged, Proposal
from koor_provision.models.origin import RELEASES, SYSTEM_NAMES, is_systems
from koor_provision.models.software import System
from koor_provision.rules.common import PLAN_AGAIN, Judge

if TYPE_CHECKING:  # `check` judges no plan, and starts without building its models
    from koor_provision.models.facts import PackageChange, Source

_PARTS = ("", "-updates", "-security")


def judge_origins(case: Judged, proposal: Proposal | ImageProposal, judge: Judge) -> None:
    """Each package that would be fetched, from whichever of the repositories that offer it, as planned."""
    planned = {package.name: package for package in proposal.plan.packages}
    for change in proposal.facts.changes:
        package = planned.get(change.name)
        if package and package.origin != change.origin:
            judge.deny(
                f"package '{change.name}' is planned to come from {_said(package.origin)}, the server would take it "
                f"from {_said(change.origin)}",
                _where(change),
                PLAN_AGAIN,
            )
        if not change.unpacked:
            approved = _approved(case, package.component if package else None, proposal.plan.host.system)
            _judge_sources(change, approved, proposal.plan.host.system, judge)


def _judge_sources(change: "PackageChange", approved: frozenset[str], system: System, judge: Judge) -> None:
    what = f"package '{change.name}' {change.version}"
    remedy = (
        "have the customer's IT take that source out of the server's apt, or pin it below the system's own; or have "
        "the software validated from there and ask the CTO to name the repository under `origins` of its entry (R9)"
    )
    if not change.sources:
        judge.unknown(f"nothing says which repository {what} comes from", _where(change), PLAN_AGAIN)
    for source in change.sources:
        reason = _foreign(source, approved, system)
        if reason:
            place = source.place or "no address"
            judge.deny(f"{what} comes from {_said(source.label)} ({place}), {reason}", _where(change), remedy)


def _foreign(source: "Source", approved: frozenset[str], system: System) -> str:
    """Why nothing may be installed from a repository; empty where it may."""
    if source.signed == "nobody":
        return "whose lists nobody signed"
    if is_systems(source.label) and source.signed != "system":
        return "which is not signed by the system's own keys, whatever it is called"
    if source.label in approved:
        return ""
    if source.label not in SYSTEM_NAMES:
        return "which is not the system's own repository, and not approved for it"
    release = RELEASES[system]
    if source.codename not in {f"{release}{part}" for part in _PARTS}:
        return f"of {source.codename or 'no release'}, which is not the server's release {release}"
    return ""


def _approved(case: Judged, component: str | None, system: System) -> frozenset[str]:
    """Repositories that the list allows for a component; what apt adds may come from any that an ordered one may."""
    names = case.ordered if component is None else (component,)
    entries = (entry for name in names for entry in case.company.software.content.find(name))
    return frozenset(origin for entry in entries if system in entry.systems for origin in entry.origins)


def _where(change: "PackageChange") -> str:
    return f"plan, packages, {change.name}"


def _said(origin: str | None) -> str:
    return f"'{origin}'" if origin else "a repository without a name"
