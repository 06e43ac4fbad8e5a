"""R7: a custom or not virtualised installation only together with the customer's responsible for IT."""

from koor_provision.models.attendance import PLACE, code_of
from koor_provision.models.case import Case, Proposal
from koor_provision.models.finding import Finding
from koor_provision.models.order import Environment
from koor_provision.rules.common import PLAN_AGAIN, Judge

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
    names = _responsible(case)
    if not names:
        judge.deny(
            f"{', '.join(custom)} is a custom environment, and the agreement names nobody responsible for IT",
            where,
            "have the customer name their responsible for IT in the agreement (with an SSH key, if they are to sign "
            "plans), and sign it again",
        )
    return judge.answer(
        f"{', '.join(custom)} is a custom environment: {' or '.join(names)} has to sign the plan or show presence",
        where,
    )


def check_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """Pass if the responsible for IT signed this plan or showed presence on its server, where one is needed."""
    judge = Judge(RULE)
    # What kind of environment it is, the customer says in the targets; a plan only repeats it.
    host = proposal.plan.host
    target = next((one for one in case.targets.content.hosts if one.name == host.name), None)
    if target is None or target.environment is not host.environment:
        judge.deny(
            f"the customer names no {host.environment} environment '{host.name}'",
            f"{case.targets.file}, hosts",
            f"{PLAN_AGAIN}, for a target that the customer named",
        )
        return judge.answer("", "plan, host")
    if target.environment is Environment.DEFAULT_IMAGE:
        return judge.not_applicable("the target is the default virtual image", "plan, host.environment")
    present = sorted(proposal.signers & set(_responsible(case)))
    if present:
        return judge.answer(f"{', '.join(present)} signed the plan", "plan")
    person = _attended(case, proposal, judge)
    return judge.answer(
        f"{person} showed presence: the plan's code {code_of(proposal.sha256)} lay there as root's", PLACE
    )


def _responsible(case: Case) -> list[str]:
    return [person.id for person in case.agreement.content.responsible_for_it]


def _attended(case: Case, proposal: Proposal, judge: Judge) -> str:
    """Who showed presence on the server; with every reason why what lies there does not show it."""
    there, host = proposal.attendance, proposal.plan.host
    names = _responsible(case)
    code = code_of(proposal.sha256) if proposal.sha256 else ""
    remedy = (
        "write the plan with --dry-run --plan FILE and let them read it; then they sign it (koor-provision sign FILE "
        f"--key KEY), or run on the server as root: echo '{code or 'CODE'} {names[0] if names else 'PERSON'}' "
        f"> {PLACE}; then install with --plan FILE"
    )
    if there is None:
        judge.deny(
            f"{host.name} is a {host.environment} environment, and {' or '.join(names) or 'the responsible for IT'} "
            "has neither signed the plan nor shown presence",
            "plan",
            remedy,
        )
        return ""
    if not there.plain:
        judge.deny("what lies there is no plain file", PLACE, remedy)
    if there.owner != 0:
        judge.deny(f"the file belongs to user {there.owner} and not to root", PLACE, remedy)
    if there.mode & 0o022:
        judge.deny("others than root may write the file", PLACE, remedy)
    found, person = there.words or ("", "")
    if not code or found != code.replace("-", ""):
        judge.deny("the file does not hold the code of this plan", PLACE, remedy)
    elif person not in names:
        judge.deny(
            f"'{person[:48]}' is not responsible for IT (the agreement names {', '.join(names) or 'nobody'})",
            PLACE,
            remedy,
        )
    return person
