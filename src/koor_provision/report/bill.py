"""The bill of materials of what is installed: CycloneDX 1.6 (ECMA-424), which security scanners read.

Made from the plan and the facts alone: the same plan gives the same bytes. It lists the order's packages and what they
brought, and says itself that a server holds more.
"""

import json
import re
from uuid import NAMESPACE_URL, uuid5

from koor_provision import __version__
from koor_provision.models.case import Proposal
from koor_provision.models.evidence import Record
from koor_provision.models.plan import Plan, PlannedPackage
from koor_provision.report.customer.verdict import installed

_SERVER = "server"


def bill(record: Record) -> str | None:
    """The bill as JSON; None where the run did not prove what is installed: it would list what may not be there."""
    return bill_of(record.proposal) if installed(record) else None


def bill_of(proposal: Proposal) -> str:
    """The bill of a plan whose packages are installed."""
    plan = proposal.plan
    distribution, release = _system(plan.host.system)
    components = [_package(proposal, package) for package in plan.packages]
    ordered = {one.component: [package for package in plan.packages if package.component == one.component]
               for one in plan.components}  # fmt: skip
    groups = [
        {"type": "application", "bom-ref": f"component:{name}", "name": name, "description": "component of the order"}
        for name in ordered
    ]
    system = {"type": "operating-system", "bom-ref": "system", "name": distribution, "version": release}
    data = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'koor-provision:plan:{plan.plan}')}",
        "version": 1,
        "metadata": {
            "timestamp": plan.created.isoformat(timespec="seconds"),
            "lifecycles": [{"phase": "operations"}],
            "tools": {"components": [{"type": "application", "name": "koor-provision", "version": __version__}]},
            "component": {"type": "platform", "bom-ref": _SERVER, "name": plan.host.name},
            "properties": [
                {"name": "koor-provision:plan", "value": plan.plan},
                {"name": "koor-provision:order", "value": plan.order},
            ],
        },
        "components": [system, *groups, *components],
        "dependencies": _dependencies(plan, {name: [_purl(proposal, one) for one in packages]
                                             for name, packages in ordered.items()}),
        "compositions": [{"aggregate": "incomplete", "assemblies": [_SERVER], "dependencies": [_SERVER]}],
    }  # fmt: skip
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _dependencies(plan: Plan, ordered: dict[str, list[str]]) -> list[dict[str, object]]:
    """The server has its system and the components, and each of these its packages. What those need, apt knows."""
    names = [f"component:{component.component}" for component in plan.components]
    edges = {_SERVER: ["system", *names], **{f"component:{name}": refs for name, refs in ordered.items()}}
    return [{"ref": name, "dependsOn": refs} for name, refs in edges.items()]


def _package(proposal: Proposal, package: PlannedPackage) -> dict[str, object]:
    purl = _purl(proposal, package)
    state = "unchanged" if not package.changes else "added" if package.old_version is None else "updated"
    properties = [{"name": "koor-provision:change", "value": state}]
    if package.origin:
        properties.append({"name": "koor-provision:origin", "value": package.origin})
    if package.changes and package.old_version is not None:
        properties.append({"name": "koor-provision:version-before", "value": package.old_version})
    if package.component is None:
        properties.append({"name": "koor-provision:needed-by", "value": "another package"})
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "properties": properties,
    }


def _purl(proposal: Proposal, package: PlannedPackage) -> str:
    from packageurl import PackageURL  # noqa: PLC0415  # only the end of a run needs it

    distribution, release = _system(proposal.plan.host.system)
    facts = proposal.facts
    coming = next((change.architecture for change in facts.changes if change.name == package.name), None)
    architecture = coming or facts.architectures.get(package.name)
    qualifiers = {"distro": f"{distribution}-{release}", **({"arch": architecture} if architecture else {})}
    return PackageURL("deb", distribution, package.name, package.version, qualifiers).to_string()


def _system(name: str) -> tuple[str, str]:
    match = re.fullmatch(r"([a-z]+)([0-9.]+)", name)
    return (match[1], match[2]) if match else (name, "")
