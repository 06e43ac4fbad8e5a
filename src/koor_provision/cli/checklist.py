"""`koor-provision checklist`: the install checklist, measured as far as a machine can, and asked for the rest (R12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click
import yaml

from koor_provision.cli.asking_rows import ask_row, said_row
from koor_provision.cli.options import company_of, company_option, engineer_option
from koor_provision.cli.own_key import own_signer
from koor_provision.cli.said import answers_option, attended, given
from koor_provision.cli.trusted import open_company
from koor_provision.errors import InputError
from koor_provision.forms.fill import by_machine, line
from koor_provision.forms.install import rows_of
from koor_provision.forms.rows import ASKED, Row
from koor_provision.forms.said import InstallAnswers, Said
from koor_provision.load.case import CHECKLIST, load_case
from koor_provision.load.company import INSTALL_CHECKLIST
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.application import Application
from koor_provision.models.base import PersonId
from koor_provision.models.case import Case
from koor_provision.models.checklist import Checklist, ChecklistRow, InstallChecklist, Item
from koor_provision.models.documents import Signed
from koor_provision.models.measured import Measured
from koor_provision.models.staff import Staff
from koor_provision.models.text import shown
from koor_provision.write import write_whole

_HEAD = """\
# Application Install Checklist of this order (R12). `measured` was found on the server; without proof nothing is
# done.
"""


@dataclass(frozen=True)
class _Asked:
    """Whom and about what."""

    who: PersonId
    today: date
    staff: Staff
    seen: Measured | None
    rows: dict[str, Row]
    said: Mapping[str, Said]
    again: bool


@click.command(name="checklist")
@click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
@click.option(
    "--inventory",
    "-i",
    type=click.Path(path_type=Path),
    help="How to reach the server, to measure what a machine can, read-only. Without it people are asked.",
)
@click.option("--host", help="Which target of the order. Default: the only one.")
@company_option
@engineer_option
@click.option(
    "--key", type=click.Path(path_type=Path), help="The engineer's private key. Default: one in the SSH agent."
)
@answers_option
@click.option("--again", is_flag=True, help="Ask about rows too that are done already.")
def command(  # noqa: PLR0913, PLR0917  # the command line's options
    case: Path,
    inventory: Path | None,
    host: str | None,
    company: Path | None,
    engineer: str | None,
    key: Path | None,
    answers: Path | None,
    *,
    again: bool,
) -> None:
    """Fill in the install checklist of CASE, and sign it.

    What can be measured is measured on the server, read-only: units, departments, positions and groups are counted and
    held against the limits of the form. What cannot is asked, with who did it and when. An item without proof is never
    ticked.

    \b
      koor-provision case checklist CASE                        # once, from the CTO's form
      koor-provision checklist CASE -i INVENTORY --key MY-KEY
    """  # fmt: skip  # noqa: D301  # \b is click's mark for text that must not be refilled
    now = datetime.now(UTC)
    opened = open_company(company_of(case, company), now)
    form = opened.company.install_checklist
    if form is None:
        raise InputError(
            "the company has no install checklist",
            where=f"company/{INSTALL_CHECKLIST}",
            hint="get the signed form from the CTO and put it into the company's folder",
        )
    said = given(answers, InstallAnswers, [item.id for item in form.content.items]).rows
    scopes = load_scopes(share() / "roles")
    loaded, keyring = load_case(case, opened.company, opened.keyring, scopes, engineer=engineer, now=now)
    staff = opened.company.staff.content
    with own_signer(loaded.engineer, key, keyring, staff, Checklist.namespace()) as signer:
        seen = _measured(case, inventory, host, company, engineer) if inventory else None
        rows = rows_of(next((one for one in loaded.components if isinstance(one, Application)), None))
        asked = _Asked(loaded.engineer, loaded.today, staff, seen, rows, said, again)
        checklist = _filled(loaded, form, asked)
        document = checklist.model_dump(mode="json", exclude_none=True)
        data = (_HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)).encode()
        block = signer.sign(data, Checklist.namespace())
    write_whole(case / CHECKLIST, data)
    write_whole(case / f"{CHECKLIST}.sig", block)
    done = sum(row.done for row in checklist.rows)
    click.echo(f"written and signed: {shown(str(case / CHECKLIST))}, {done} of {len(form.content.items)} done")


def _measured(case: Path, inventory: Path, host: str | None, company: Path | None, engineer: str | None) -> Measured:
    from koor_provision.cli.looking import look_options, looking  # noqa: PLC0415  # only where a server is looked at
    from koor_provision.forms.measure import measure, place_of  # noqa: PLC0415

    with looking(look_options(case, inventory, host, company, engineer)) as looked:
        click.echo(f"looking at {shown(looked.target.name)}; nothing is changed there", err=True)
        return measure(looked.way, place_of(looked.case.components), whole=False)


def _filled(case: Case, form: Signed[InstallChecklist], asked: _Asked) -> Checklist:
    before = {row.item: row for row in case.checklist.content.rows} if case.checklist else {}
    rows = [_row(item, before.get(item.id), asked) for item in form.content.items]
    return Checklist(
        kind="checklist",
        customer=case.agreement.content.customer,
        order=case.confirmation.content.order,
        form_version=form.content.version,
        form_sha256=form.sha256,
        rows=tuple(rows),
    )


def _row(item: Item, before: ChecklistRow | None, asked: _Asked) -> ChecklistRow:
    limit = f" (at most {item.limit})" if item.limit is not None else ""
    click.echo(f"{click.style(item.text, bold=True)}{limit}")
    if before and before.done and not asked.again:
        click.echo(f"  done by {before.by} on {before.date}")
        return before
    filled = by_machine(item, asked.rows.get(item.id, ASKED), asked.seen, asked.who, asked.today)
    row = filled.row
    if row.measured:
        click.echo(f"  measured: {shown(row.measured)}")
    if filled.question is not None and item.id in asked.said:
        row = said_row(item, row, asked.said[item.id], asked.who, asked.today, asked.staff)
    elif filled.question is not None and not attended():
        row = row.model_copy(update={"left_open": line(f"nobody was asked: {filled.question}")})
    elif filled.question is not None:
        row = ask_row(item, row, filled.question, asked.who, asked.today, asked.staff)
    elif row.left_open:
        click.echo(f"  left open: {shown(row.left_open)}")
    return row
