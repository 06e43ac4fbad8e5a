"""R5: only after the customer's binding written approval of exactly this offer, and only what was ordered."""

from koor_provision.models.case import Case, Proposal
from koor_provision.models.components import OWN, ROLE_OF, Php, Role
from koor_provision.models.finding import Finding
from koor_provision.models.mail import Says
from koor_provision.models.staff import Position
from koor_provision.models.word import in_words
from koor_provision.rules import removal, undoing
from koor_provision.rules.additions import judge_additions
from koor_provision.rules.common import Judge, holds, signed_by
from koor_provision.rules.four_eyes import judge_four_eyes

RULE = "R5"
TITLE = "The customer ordered exactly this, in writing, and a sales manager confirmed it"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if offer, acceptance and confirmation belong together and name the same components."""
    judge = Judge(RULE)
    _acceptance_of_this_offer(case, judge)
    _confirmed(case, judge)
    _components(case, judge)
    judge_additions(case, judge)
    _targets_of_this_order(case, judge)
    removal.ordered(case, judge)
    removal.asked(case, judge)
    order = case.confirmation.content.order
    answer = judge.answer(f"order {order}: {', '.join(case.ordered)}", case.confirmation.file)
    return removal.with_warning(case, answer)


def check_plan(case: Case, proposal: Proposal) -> tuple[Finding, ...]:
    """Pass if the plan is for this order, with the options that the customer accepted."""
    judge = Judge(RULE)
    plan = proposal.plan
    for field, said, actual in (
        ("customer", plan.customer, case.agreement.content.customer),
        ("order", plan.order, case.confirmation.content.order),
    ):
        if said != actual:
            judge.deny(f"the plan is for {field} {said}, not {actual}", f"plan, {field}", "make the plan again")
    removal.planned(case, proposal, judge)
    undoing.planned(case, proposal, judge)
    offered = {component.component: component for component in case.components}
    for component in plan.components:
        name = component.component
        if offered.get(name) != component:
            judge.deny(
                f"the plan sets up '{name}' otherwise than the customer accepted",
                f"plan, components, {name}",
                "make the plan again",
            )
    return undoing.with_warning(proposal, judge.answer(f"the plan is for order {plan.order}, as accepted", "plan"))


def _acceptance_of_this_offer(case: Case, judge: Judge) -> None:
    offer, acceptance = case.offer, case.acceptance
    accepted = acceptance.content
    if not accepted.binding:
        judge.deny(
            "the acceptance is not binding",
            f"{acceptance.file}, binding",
            "ask the customer for a binding acceptance; an interested answer is not an order",
        )
    if accepted.offer_sha256 != offer.sha256:
        judge.deny(
            f"the customer accepted another version of the offer (digest {accepted.offer_sha256[:12]}..., "
            f"the offer here has {offer.sha256[:12]}...)",
            f"{acceptance.file}, offer_sha256",
            f"an offer that was edited after it was accepted must be accepted again (sha256sum {offer.file}); "
            "this leads on: koor-provision case status CASE",
        )
    if (accepted.offer, accepted.revision) != (offer.content.offer, offer.content.revision):
        judge.deny(
            f"it accepts offer {accepted.offer} revision {accepted.revision}, "
            f"the offer here is {offer.content.offer} revision {offer.content.revision}",
            f"{acceptance.file}, offer",
            "ask the customer to accept the present revision",
        )
    for word in case.words:
        said = word.statement
        if said.says is Says.ACCEPTANCE and (
            said.offer != (accepted.offer, accepted.revision)
            or said.digest not in {None, accepted.offer_sha256}
            or word.said != accepted.accepted
        ):
            judge.deny(
                f"{word.file} of {word.said} {in_words(said)}; the acceptance on record is another one",
                acceptance.file,
                "enter what the customer wrote, and the day on which they wrote it",
            )
    if offer.content.customer != case.agreement.content.customer:
        judge.deny(
            f"the offer is for customer {offer.content.customer}, the agreement with {case.agreement.content.customer}",
            f"{offer.file}, customer",
            "use the documents of one customer",
        )
    if not offer.content.date <= accepted.accepted <= offer.content.valid_until:
        judge.deny(
            f"accepted on {accepted.accepted}, "
            f"but the offer was open from {offer.content.date} to {offer.content.valid_until}",
            f"{acceptance.file}, accepted",
            "make a new offer and have it accepted",
        )
    if accepted.accepted > case.today:
        judge.deny(
            f"the acceptance is dated in the future ({accepted.accepted}; today is {case.today} UTC)",
            f"{acceptance.file}, accepted",
            "enter the day of the acceptance",
        )


def _confirmed(case: Case, judge: Judge) -> None:
    confirmation = case.confirmation
    order = confirmation.content
    staff = case.company.staff.content
    managers = frozenset(
        person
        for person in confirmation.signers
        if holds(staff.find(person), Position.SALES_MANAGER, order.confirmed)
        and holds(staff.find(person), Position.SALES_MANAGER, case.today)
    )
    if not managers:
        judge.deny(
            f"no sales manager approved the order confirmation ({signed_by(confirmation)})",
            f"{confirmation.file}.sig",
            f"ask a sales manager to run: koor-provision sign {confirmation.file} --key KEY",
        )
    judge_four_eyes(case, managers, judge)
    for field, said, actual, document in (
        ("offer_sha256", order.offer_sha256, case.offer.sha256, case.offer.file),
        ("acceptance_sha256", order.acceptance_sha256, case.acceptance.sha256, case.acceptance.file),
        ("offer", order.offer, case.offer.content.offer, case.offer.file),
        ("customer", order.customer, case.agreement.content.customer, case.agreement.file),
    ):
        if said != actual:
            judge.deny(
                f"it confirms another {document} than the one here",
                f"{confirmation.file}, {field}",
                f"confirm the documents as they are now (sha256sum {document}); "
                "this leads on: koor-provision case status CASE",
            )
    if not case.acceptance.content.accepted <= order.confirmed <= case.today:
        judge.deny(
            f"confirmed on {order.confirmed}, which is before the acceptance or in the future "
            f"(today is {case.today} UTC)",
            f"{confirmation.file}, confirmed",
            "confirm the order after it was accepted, and enter that day",
        )


def _components(case: Case, judge: Judge) -> None:
    offered: list[str] = [component.component for component in case.offer.content.components]
    confirmed = case.confirmation.content.components
    where = f"{case.confirmation.file}, components"
    if not confirmed:
        judge.deny("the order names no component", where, "list what was ordered")
    for name in confirmed:
        if name not in offered:
            judge.deny(
                f"'{name}' was never ordered: the accepted offer has {', '.join(offered) or 'no component'}",
                where,
                f"take '{name}' out of the confirmation, "
                "or make a new offer revision with it and have the customer accept it",
            )
    for name in sorted(set(offered) - set(confirmed)):
        judge.deny(f"'{name}' was accepted but is not in the confirmation", where, f"add '{name}' to the confirmation")
    every = list(case.ordered)
    both = f"{case.confirmation.file} and additions"
    lists = [(offered, case.offer.file), (list(confirmed), case.confirmation.file)]
    for names, document in [*lists, (every, both)] if case.additions else lists:
        for name in sorted({name for name in names if names.count(name) > 1}):
            judge.deny(f"'{name}' stands there twice", f"{document}, components", "list each component once")
    where = f"{case.offer.file}, components"
    _makes_sense([*offered, *(component.component for component in case.added)], where, judge)
    for one in case.components:
        if isinstance(one, Php) and one.jit and "xdebug" in one.extensions:
            judge.deny(
                "PHP is to compile for the machine (jit) under xdebug, which switches that off",
                where,
                "leave out `jit` or xdebug; on a server that people work with, leave out xdebug",
            )
    inside_apache = any(getattr(one, "handler", None) == "mod_php" for one in case.offer.content.components)
    if inside_apache and "apache" not in offered:
        judge.deny(
            "PHP is to run inside Apache, which is not offered", where, "offer apache, or `handler: fpm` for php"
        )


def _makes_sense(offered: list[str], where: str, judge: Judge) -> None:
    """An order has PHP, at least one database, at most one web server and at most one cache."""
    kinds = [ROLE_OF.get(name) for name in offered]
    for role in (Role.WEB, Role.CACHE):
        if kinds.count(role) > 1:
            judge.deny(
                f"the offer has more than one {role}", where, f"choose one {role}: two would fight over the same port"
            )
    for role in (Role.LANGUAGE, Role.DATABASE):
        if offered and role not in kinds:
            judge.deny(f"the offer has no {role}", where, f"the application needs a {role}: offer one")
    if OWN in offered:
        _application_can_run(offered, where, judge)


def _application_can_run(offered: list[str], where: str, judge: Judge) -> None:
    """Found by installing it: its installer makes tables in MariaDB, none in PostgreSQL, and knows no other."""
    databases = [name for name in offered if ROLE_OF.get(name) is Role.DATABASE]
    if databases and "mariadb" not in databases:
        judge.deny(
            f"the application cannot use {' or '.join(databases)}: its installer makes its tables in MariaDB only",
            where,
            "offer mariadb with the application",
        )
    if not {"apache", "nginx"} & {*offered}:
        judge.deny("the application is offered without a web server", where, "offer apache or nginx with it")


def _targets_of_this_order(case: Case, judge: Judge) -> None:
    targets = case.targets
    if targets.content.order != case.confirmation.content.order:
        judge.deny(
            f"the targets are for order {targets.content.order}, "
            f"the confirmation is of order {case.confirmation.content.order}",
            f"{targets.file}, order",
            "have the customer name and sign the targets of this order",
        )
    names = [host.name for host in targets.content.hosts]
    if not names:
        judge.deny("no target is named", f"{targets.file}, hosts", "have the customer name the server")
    for name in sorted({name for name in names if names.count(name) > 1}):
        judge.deny(f"host '{name}' stands there twice", f"{targets.file}, hosts", "list each host once")
