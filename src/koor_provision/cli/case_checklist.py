"""`koor-provision case checklist`: the install checklist of a case, made from the CTO's form (R12)."""

import shlex
from datetime import UTC, datetime
from pathlib import Path

import click
import yaml

from koor_provision.cli.options import company_of, company_option
from koor_provision.cli.trusted import open_company
from koor_provision.errors import InputError
from koor_provision.load.case import CHECKLIST, CONFIRMATION
from koor_provision.load.company import INSTALL_CHECKLIST
from koor_provision.load.documents import to_model
from koor_provision.load.files import lies, read
from koor_provision.models.checklist import Checklist, ChecklistRow, InstallChecklist
from koor_provision.models.documents import Signed
from koor_provision.models.order import Confirmation
from koor_provision.models.text import shown
from koor_provision.write import write_whole

_HEAD = """\
# Application Install Checklist of this order, made from the CTO's form (R12). With every step: done: true, by: PERSON,
# date: DAY, and count: NUMBER where the form has a limit, written above. Then the engineer signs it again.
"""


@click.command(name="checklist")
@click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
@company_option
def command(case: Path, company: Path | None) -> None:
    """Make CASE/checklist.yml from the company's install checklist. Nothing is overwritten.

    \b
      koor-provision case checklist /tmp/sample/cases/default-offer
      koor-provision sign /tmp/sample/cases/default-offer/checklist.yml --key MY-KEY
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    file = case / CHECKLIST
    documents = open_company(company_of(case, company), datetime.now(UTC)).company
    form = documents.install_checklist
    if form is None:
        raise InputError(
            "the company has no install checklist",
            where=f"company/{INSTALL_CHECKLIST}",
            hint="get the signed form from the CTO and put it into the company's folder",
        )
    if lies(file, str(file)):
        raise InputError("exists already", where=str(file), hint="move it away first, if it is to be made anew")
    order = to_model(read(case / CONFIRMATION, CONFIRMATION), Confirmation)
    write_whole(file, _text(order, form).encode())
    click.echo(f"written: {shown(str(file))}, from the form's version {form.content.version}")
    sign = f"koor-provision sign {shlex.quote(str(file))} --key KEY"
    click.echo(f"next: the engineer signs it, or nobody can judge the case: {shown(sign)}")


def _text(order: Confirmation, form: Signed[InstallChecklist]) -> str:
    checklist = Checklist(
        kind="checklist",
        customer=order.customer,
        order=order.order,
        form_version=form.content.version,
        form_sha256=form.sha256,
        rows=tuple(ChecklistRow(item=item.id) for item in form.content.items),
    )
    data = checklist.model_dump(mode="json", exclude_none=True)
    limits = {item.id: item.limit for item in form.content.items}
    titles = {item.id: item.text for item in form.content.items}
    lines = []
    for row in data.pop("rows"):
        limit = limits[row["item"]]
        lines += [f"  # {titles[row['item']]}{f' (at most {limit})' if limit is not None else ''}"]
        lines += [f"  - item: {row['item']}", "    done: false"]
    return _HEAD + yaml.safe_dump(data, sort_keys=False, allow_unicode=True) + "rows:\n" + "\n".join(lines) + "\n"
