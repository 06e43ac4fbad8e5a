"""R12: the application is installed by the Application Install Checklist, whose form only the CTO changes.

An order without the application asks for no checklist. Where one lies in the case it is judged all the same, and so is
who signed the company's form: nobody is to begin a checklist from a form that somebody else made.
"""

from koor_provision.models.application import Application
from koor_provision.models.case import Case
from koor_provision.models.checklist import Checklist, ChecklistRow, InstallChecklist, Item
from koor_provision.models.documents import Signed
from koor_provision.models.finding import Finding
from koor_provision.rules.common import Judge, signed_by, twice
from koor_provision.rules.ctos import judge_signature, judge_validity

RULE = "R12"
TITLE = "The application is installed by the CTO's checklist"
APPLICATION = "application"
_FORM = "form of the install checklist"


def check(case: Case) -> tuple[Finding, ...]:
    """Pass if the form is the CTO's and the case's checklist was made from exactly this form."""
    judge = Judge(RULE)
    form, checklist = case.company.install_checklist, case.checklist
    if form is not None:
        judge_signature(case, form, _FORM, judge)
    if checklist is None and APPLICATION not in case.ordered:
        return judge.denials or judge.not_applicable(
            "the application is not part of this order", case.confirmation.file
        )
    if form is None:
        judge.deny(
            "the company has no install checklist",
            "company/install_checklist.yml",
            "get the signed form from the CTO and put it into the company's folder",
        )
        return judge.answer("", "company/install_checklist.yml")
    judge_validity(case, form, _FORM, judge)
    _ordered(case, form.content, judge)
    if checklist is None:
        judge.deny(
            "the application is ordered, and the case has no install checklist",
            "checklist.yml",
            "make it from the CTO's form: koor-provision case checklist CASE; then sign it",
        )
        return judge.answer("", form.file)
    _of_this_order(case, checklist, judge)
    _made_from(form, checklist, judge)
    items = {item.id: item for item in form.content.items}
    for row in checklist.content.rows:
        if row.item in items:
            _row(case, row, items[row.item], f"{checklist.file}, rows, {row.item}", judge)
    done = sum(row.done for row in checklist.content.rows)
    return judge.answer(
        f"made from the CTO's form, version {form.content.version}; {done} of {len(items)} done", checklist.file
    )


def _ordered(case: Case, form: InstallChecklist, judge: Judge) -> None:
    """No order has more entered than the form allows."""
    limits = {item.id: item.limit for item in form.items}
    for component in case.components:
        for name, count in component.entries().items() if isinstance(component, Application) else ():
            limit = limits.get(name)
            if limit is not None and count > limit:
                judge.deny(
                    f"{count} {name} are ordered, the CTO's form allows {limit}",
                    f"{case.offer.file}, components, {APPLICATION}.{name}",
                    "what goes beyond the form is a work of its own: offer it (R4a), or ask the CTO to change the form",
                )


def _of_this_order(case: Case, checklist: Signed[Checklist], judge: Judge) -> None:
    for field, said, actual in (
        ("customer", checklist.content.customer, case.agreement.content.customer),
        ("order", checklist.content.order, case.confirmation.content.order),
    ):
        if said != actual:
            judge.deny(
                f"the checklist is for {field} {said}, not {actual}",
                f"{checklist.file}, {field}",
                "make this order's own: koor-provision case checklist CASE",
            )
    if case.engineer not in checklist.signers:
        judge.deny(
            f"the checklist is not signed by {case.engineer}, who does the installation ({signed_by(checklist)})",
            f"{checklist.file}.sig",
            f"{case.engineer} reads it and runs: koor-provision sign {checklist.file} --key KEY",
        )


def _made_from(form: Signed[InstallChecklist], checklist: Signed[Checklist], judge: Judge) -> None:
    where = f"{checklist.file}, rows"
    again = (
        "make it anew from the CTO's form: koor-provision case checklist CASE; carry over what was done, and sign it"
    )
    if checklist.content.form_sha256 != form.sha256:
        judge.deny(
            f"the checklist was made from another form than the CTO's (digest {checklist.content.form_sha256[:12]}..., "
            f"{form.file} has {form.sha256[:12]}...)",
            f"{checklist.file}, form_sha256",
            again,
        )
    wanted = [item.id for item in form.content.items]
    rows = [row.item for row in checklist.content.rows]
    for item in wanted:
        if item not in rows:
            judge.deny(f"the checklist leaves out '{item}'", where, again)
    for item in dict.fromkeys(rows):
        if item not in wanted:
            judge.deny(f"the CTO's form has no '{item}'", where, again)
    for item in twice(rows):
        judge.deny(f"'{item}' stands in the checklist twice", where, again)


def _row(case: Case, row: ChecklistRow, item: Item, where: str, judge: Judge) -> None:
    if row.count is not None and item.limit is None:
        judge.deny(f"'{item.id}' counts nothing in the CTO's form", f"{where}.count", "write it down as a remark")
    if row.count is not None and item.limit is not None and row.count > item.limit:
        judge.deny(
            f"{row.count} for '{item.id}', the CTO's form allows {item.limit}",
            f"{where}.count",
            "what goes beyond the form is a work of its own: offer it (R4a), or ask the CTO to change the form",
        )
    if not row.done:
        return
    if row.by is None or row.date is None:
        judge.deny(f"'{item.id}' is done, but not said by whom and when", where, "enter `by` and `date`")
        return
    entry = case.company.staff.content.find(row.by)
    if entry is None or not entry.employed(row.date):
        judge.deny(f"'{item.id}' was done by {row.by}, who did not work here on {row.date}", where, "enter who did it")
    if row.date > case.today:
        judge.deny(f"'{item.id}' is done in the future ({row.date})", where, "enter the day on which it was done")
