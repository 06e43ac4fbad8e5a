"""`koor-provision due`: whose yearly maintenance is due, by the contracts and by the signed reports (R14)."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from koor_provision.cli.folders import case_folders
from koor_provision.cli.options import company_of, company_option
from koor_provision.cli.trusted import Opened, open_company
from koor_provision.errors import Exit, KoorError
from koor_provision.load.agreements import Agreements, read_agreements
from koor_provision.load.documents import examine, load
from koor_provision.load.strays import MAINTENANCE
from koor_provision.models.checklist import MaintenanceReport
from koor_provision.models.text import shown
from koor_provision.trust.keyring import Keyring

REPORT = "maintenance.yml"
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Due:
    """One customer.

    Attributes:
        last: the last maintenance that somebody of ours signed.
        due: when the next one is; None without a contract.
        state: `overdue`, `due`, `later`, `no contract`, `contract ended` or what is wrong.
    """

    case: str
    customer: str
    name: str
    state: str
    due: str | None = None
    last: str | None = None


@click.command(name="due")
@click.argument("cases", metavar="CASE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@company_option
@click.option(
    "--within", type=click.IntRange(0, 366), default=30, show_default=True, help="Days ahead that count as due."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(cases: tuple[Path, ...], company: Path | None, within: int, form: str) -> int:
    """List whose yearly maintenance is due: one year after the contract was signed, or after the last signed report.

    CASE is a case folder, a folder with case folders below it, or a pattern in quotes. The contract stands in the
    signed agreement (`maintenance_contract`); reports lie in CASE/maintenance.
    """
    now = datetime.now(UTC)
    opened: dict[Path, Opened] = {}
    found = []
    for case in case_folders(cases):
        folder = company_of(case, company)
        if folder not in opened:
            opened[folder] = open_company(folder, now)
        found.append(_due(case, opened[folder], now.date(), within))
    found.sort(key=lambda one: (one.due or "9999", one.case))
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            last = f"last on {one.last}" if one.last else "never done"
            who = f"{shown(one.customer)}  {shown(one.name)}"
            state, _, why = one.state.partition(": ")
            click.echo(f"{one.due or '-':10}  {shown(state):14}  {who}  {last}  {shown(one.case)}")
            for text in why.splitlines():
                click.echo(f"  {shown(text.strip())}", err=True)
    return Exit.BAD_INPUT if any(one.state.startswith("cannot") for one in found) else Exit.DONE


def _due(case: Path, company: Opened, today: date, within: int) -> Due:
    try:
        papers = read_agreements(case, company.company.staff.content, company.keyring)
        last = _last(case, papers.keyring, papers)
    except KoorError as error:
        return Due(str(case), "?", "?", f"cannot be read: {error}")
    agreement = papers.present.content
    contract = agreement.maintenance_contract
    done = last.isoformat() if last else None
    if contract is None or not papers.present.signers:
        return Due(str(case), agreement.customer, agreement.name, "no contract", None, done)
    if contract.until is not None and contract.until < today:
        return Due(str(case), agreement.customer, agreement.name, "contract ended", None, done)
    due = max(last or contract.signed, contract.signed) + YEAR
    state = "overdue" if due < today else "due" if due <= today + timedelta(days=within) else "later"
    return Due(str(case), agreement.customer, agreement.name, state, due.isoformat(), done)


def _last(case: Path, keyring: Keyring, papers: Agreements) -> date | None:
    """The day of the last report for this customer that its engineer signed."""
    folder = case / MAINTENANCE
    if not os.path.isdir(folder):  # noqa: PTH112  # Path.is_dir raises for a closed folder
        return None
    days = []
    for name in sorted(os.listdir(folder)):  # noqa: PTH208
        if not os.path.isfile(folder / name / REPORT):  # noqa: PTH113
            continue
        report = examine(load(folder / name, REPORT, MaintenanceReport, name=f"{MAINTENANCE}/{name}/{REPORT}"), keyring)
        if report.content.performed_by in report.signers and report.content.customer == papers.present.content.customer:
            days.append(report.content.date)
    return max(days, default=None)
