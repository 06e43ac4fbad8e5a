"""R7: a custom or not virtualised installation only together with the customer's responsible for IT."""

from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding
from koor_provision.models.order import Environment
from koor_provision.rules.common import Judge

RULE = "R7"
TITLE = "The customer's responsible for IT takes part where the environment is not the default image"


def _custom(case: Case) -> list[str]:
    return [host.name for host in case.targets.content.hosts if host.environment is not Environment.DEFAULT_IMAGE]


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if there is somebody who can take part; that they do is judged with the plan."""
    judge = Judge(RULE)
    if not case.targets.content.hosts:
        judge.unknown(
            "no target is named, so its kind of environment is not known",
            f"{case.targets.file}, hosts",
            "have the customer name the server",
        )
        return judge.answer("", case.targets.file)
    custom = _custom(case)
    if not custom:
        return judge.not_applicable("every target is the default virtual image", f"{case.targets.file}, hosts")
    where = f"{case.agreement.file}, responsible_for_it"
    if not any(person.key for person in case.agreement.content.responsible_for_it):
        judge.deny(
            f"{', '.join(custom)} is a custom environment, "
            "and the agreement names nobody responsible for IT who can sign",
            where,
            "have the customer name their responsible for IT with an SSH key in the agreement, and sign it again",
        )
    names = ", ".join(person.id for person in case.agreement.content.responsible_for_it)
    return judge.answer(f"{', '.join(custom)} is a custom environment: {names} has to sign the plan too", where)


def check_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """Pass if the responsible for IT signed this plan, where one is needed."""
    judge = Judge(RULE)
    # What kind of environment it is, the customer says in the targets; a plan only repeats it.
    host = proposal.plan.host
    target = next((one for one in case.targets.content.hosts if one.name == host.name), None)
    if target is None or target.environment is not host.environment:
        judge.deny(
            f"the customer names no {host.environment} environment '{host.name}'",
            f"{case.targets.file}, hosts",
            "make the plan again, for a target that the customer named",
        )
        return judge.answer("", "plan, host")
    if target.environment is Environment.DEFAULT_IMAGE:
        return judge.not_applicable("the target is the default virtual image", "plan, host.environment")
    present = sorted(proposal.signers & {person.id for person in case.agreement.content.responsible_for_it})
    if not present:
        names = (
            " or ".join(person.id for person in case.agreement.content.responsible_for_it) or "the responsible for IT"
        )
        judge.deny(
            f"{target.name} is a {target.environment} environment, and {names} has not signed the plan",
            "plan",
            "write the plan with --dry-run --plan FILE, let them read it and run: koor-provision sign FILE --key KEY; "
            "then install with --plan FILE",
        )
    return judge.answer(f"{', '.join(present)} signed the plan", "plan")
