"""`koor-provision maintain`: the yearly maintenance, looked at without changing anything, and reported (R14)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from koor_provision.cli.ctos import ctos_document
from koor_provision.cli.options import company_of, company_option, engineer_option
from koor_provision.cli.own_key import own_signer
from koor_provision.cli.said import answers_option, attended, given
from koor_provision.cli.trusted import open_company
from koor_provision.errors import Exit, InputError
from koor_provision.forms.maintenance import ROWS
from koor_provision.forms.rows import ASKED
from koor_provision.forms.said import YearlyAnswers
from koor_provision.forms.yearly import filled, question, recommendations
from koor_provision.load.agreements import read_agreements
from koor_provision.load.ctos import MAINTENANCE_CHECKLIST
from koor_provision.load.files import lies
from koor_provision.load.strays import MAINTENANCE
from koor_provision.models.audit import Audit
from koor_provision.models.case import Case
from koor_provision.models.checklist import MaintenanceChecklist, MaintenanceReport, MaintenanceRow
from koor_provision.models.documents import Signed
from koor_provision.models.measured import Measured
from koor_provision.models.text import shown
from koor_provision.report.audit import audit_data
from koor_provision.report.maintenance import Maintained, mail, needs_attention, page
from koor_provision.write import write_whole

if TYPE_CHECKING:
    from koor_provision.cli.looking import Looked

REPORT = "maintenance.yml"
_BARE = {"y", "yes", "n", "no"}
_LINE = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]{1,200}")
_HEAD = "# Yearly maintenance (R14): what was found, and what was said. Nothing on the server was changed by it.\n"


@click.command(name="maintain")
@click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
@click.option("--inventory", "-i", type=click.Path(path_type=Path), required=True, help="How to reach the server.")
@click.option("--host", help="Which target of the order. Default: the only one.")
@company_option
@engineer_option
@click.option(
    "--key", type=click.Path(path_type=Path), help="The engineer's private key. Default: one in the SSH agent."
)
@answers_option
@click.option("--supervised-by", help="Who of the customer's was there.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to. Default: CASE/maintenance/DAY.")
def command(  # noqa: PLR0913, PLR0917  # the command line's options
    case: Path,
    inventory: Path,
    host: str | None,
    company: Path | None,
    engineer: str | None,
    key: Path | None,
    answers: Path | None,
    supervised_by: str | None,
    output: Path | None,
) -> int:
    """Do the yearly maintenance of CASE: look at the server, ask what only people know, and write the report.

    Everything is read; the scope audit looks at the server before and after, and proves that nothing was changed.
    Written are report.html and mail.txt for the customer, maintenance.yml signed by the engineer, and audit.json.

    \b
      koor-provision due /srv/cases                             # whose turn it is
      koor-provision maintain CASE -i INVENTORY --key MY-KEY
    """  # fmt: skip  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.cli.looking import SUPPORT, look_options, looking  # noqa: PLC0415  # not for `--help`

    now = datetime.now(UTC)
    opened = open_company(company_of(case, company), now)
    form = ctos_document(opened, company_of(case, company), MAINTENANCE_CHECKLIST, MaintenanceChecklist, now)
    said = given(answers, YearlyAnswers, [item.id for item in form.content.items]).rows
    if supervised_by is not None and not _LINE.fullmatch(supervised_by):
        raise InputError("must be one line of text", where="--supervised-by", hint="write the person's name")
    folder = output or case / MAINTENANCE / now.date().isoformat()
    if lies(folder / REPORT, str(folder)):
        raise InputError("exists already", where=str(folder / REPORT), hint="name another folder: --output DIR")
    with looking(look_options(case, inventory, host, company, engineer), SUPPORT) as looked:
        staff = opened.company.staff.content
        keyring = read_agreements(case, staff, opened.keyring).keyring
        with own_signer(looked.case.engineer, key, keyring, staff, MaintenanceReport.namespace()) as signer:
            click.echo(f"looking at {shown(looked.target.name)}; nothing is changed there", err=True)
            seen, audit = _look(looked)
            rows = _rows(form, seen, said)
            report = _report(looked.case, form, rows, looked.target.name, supervised_by, audit)
            document = report.model_dump(mode="json", exclude_none=True)
            data = (_HEAD + yaml.safe_dump(document, sort_keys=False, width=120)).encode()
            block = signer.sign(data, MaintenanceReport.namespace())
    one = _maintained(looked.case, form, report, audit)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / REPORT, data)
    write_whole(folder / f"{REPORT}.sig", block)
    write_whole(folder / "report.html", page(one).encode())
    write_whole(folder / "mail.txt", mail(one).encode())
    write_whole(folder / "audit.json", (json.dumps(audit_data(audit), indent=2) + "\n").encode())
    return _tell(one, folder)


def _look(looked: Looked) -> tuple[Measured, Audit]:
    from koor_provision.audit.still import stood_still  # noqa: PLC0415
    from koor_provision.audit.watch import watching  # noqa: PLC0415
    from koor_provision.forms.measure import measure, place_of  # noqa: PLC0415

    with watching(looked.way, []) as watch:
        watch.before()  # nothing is asked before we know how it was
        seen = measure(looked.way, place_of(looked.case.components), whole=True)
        audit = stood_still(watch, looked.case.ordered, looked.case.scopes)
    return seen, audit


def _rows(form: Signed[MaintenanceChecklist], seen: Measured, said: Mapping[str, str]) -> tuple[MaintenanceRow, ...]:
    rows = []
    for item in form.content.items:
        row = ROWS.get(item.id, ASKED)
        one = filled(item, row, seen)
        click.echo(
            f"{click.style(item.text, bold=True)}: {one.verdict}" + (f", {shown(one.found)}" if one.found else "")
        )
        asked = question(row)
        if asked:
            words = said.get(item.id) or (_ask(asked) if attended() else "")
            one = filled(item, row, seen, words)
        rows.append(one)
    return tuple(rows)


def _ask(question: str) -> str:
    """What somebody says; the customer reads it, to whom a yes says neither what nor who."""
    while True:
        words = str(click.prompt(f"  {question}", default="", show_default=False)).strip()
        if words.lower() not in _BARE:
            return words
        click.echo("  in a few words, please: the customer reads it; or nothing, then the row stays open")


def _report(  # each is one field
    case: Case,
    form: Signed[MaintenanceChecklist],
    rows: tuple[MaintenanceRow, ...],
    host: str,
    supervised_by: str | None,
    audit: Audit,
) -> MaintenanceReport:
    contract = case.agreement.content.maintenance_contract
    return MaintenanceReport(
        kind="maintenance-report",
        customer=case.agreement.content.customer,
        order=case.confirmation.content.order,
        host=host,
        date=case.today,
        performed_by=case.engineer,
        supervised_by=supervised_by,
        contract=bool(contract and (contract.until is None or case.today <= contract.until)),
        unchanged=not audit.out_of_scope and not audit.troubles,
        form_version=form.content.version,
        form_sha256=form.sha256,
        rows=rows,
    )


def _maintained(case: Case, form: Signed[MaintenanceChecklist], report: MaintenanceReport, audit: Audit) -> Maintained:
    entry = case.company.staff.content.find(case.engineer)
    return Maintained(
        report,
        case.agreement.content.name,
        entry.name if entry else case.engineer,
        {item.id: item.text for item in form.content.items},
        recommendations(report.rows),
        audit.out_of_scope,
        len(audit.changes) - len(audit.out_of_scope),
    )


def _tell(one: Maintained, folder: Path) -> int:
    need, open_rows = needs_attention(one), one.counted("open")
    click.echo(f"written and signed: {shown(str(folder))}; {need}, {open_rows} open")
    for advice in one.advice:
        click.echo(f"  recommended: {shown(advice)}")
    click.echo(f"next: send report.html to the customer with the text of {shown(str(folder / 'mail.txt'))}")
    if not one.report.unchanged:
        click.echo("something changed on the server meanwhile that belongs to nothing that we know there:", err=True)
        for change in one.changes[:20]:
            click.echo(f"  {change.kind.value} {shown(change.what)}: {change.how}", err=True)
        return Exit.OUT_OF_SCOPE
    return Exit.DONE
