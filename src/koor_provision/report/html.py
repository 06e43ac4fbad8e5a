"""The report for the customer: one page without scripts, fonts or network."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from koor_provision.models.evidence import Record
from koor_provision.models.finding import broken_rules
from koor_provision.models.scope import Scope


def report(record: Record, scopes: dict[str, Scope]) -> str:
    """The page."""
    environment = Environment(
        loader=PackageLoader("koor_provision.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    plan = record.proposal.plan
    return environment.get_template("report.html").render(
        record=record,
        plan=plan,
        scopes=scopes,
        versions={package.name: package for package in plan.packages},
        added=[package for package in plan.packages if package.changes],
        broken=broken_rules(record.findings),
        seconds=round((record.finished - record.started).total_seconds()),
    )
