"""R10: the recommended configuration of the environment. Falling short is a warning in the report, no refusal."""

from typing import NamedTuple

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding, Verdict
from koor_provision.rules.common import Judge

RULE = "R10"
TITLE = "The server meets the system requirements"


class Requirement(NamedTuple):
    """For about 50 users at once; storage without the documents that the customer adds."""

    cores: int
    memory_mb: int
    disk_mb: int


MINIMUM = Requirement(cores=4, memory_mb=4_000, disk_mb=1_000)
RECOMMENDED = Requirement(cores=10, memory_mb=32_000, disk_mb=10_000)


def check(case: Case) -> tuple[Finding, ...]:
    """Before a server was looked at there is nothing to judge."""
    return Judge(RULE).not_applicable("judged on the server itself, before anything is installed", case.targets.file)


def check_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """Pass in any case; with a warning that names what is below the minimum or the recommendation."""
    del case
    facts = proposal.facts
    has = (
        ("cores", facts.cores, "cores"),
        ("memory_mb", facts.memory_mb, "MB memory"),
        ("disk_mb", facts.disk_free_mb, "MB free storage"),
    )
    shortfalls = []
    for field, value, unit in has:
        for level, requirement in (("minimum", MINIMUM), ("recommendation", RECOMMENDED)):
            wanted = getattr(requirement, field)
            if value < wanted:
                shortfalls.append(f"{value} {unit}, {level} {wanted}")
                break
    if facts.disk_rotational:
        shortfalls.append("a rotating disk, minimum SSD")
    where = f"host {proposal.plan.host.name}"
    if not shortfalls:
        return Judge(RULE).answer("meets the recommendation", where)
    return (
        Finding(
            RULE,
            Verdict.PASS,
            "below the system requirements: " + "; ".join(shortfalls),
            where,
            "tell the customer; for about 50 users at once the recommendation is 10 cores, 32 GB memory, "
            "10 GB SSD storage and documents",
            warning=True,
        ),
    )
