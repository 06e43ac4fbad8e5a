"""`koor-provision case add-paper`: a paper that the customer signed, attested by a sales manager."""

import hashlib
import os
from datetime import UTC, date, datetime
from pathlib import Path

import click

from koor_provision.cli.filing import Effort, Filing, effort_options
from koor_provision.cli.numbered import Numbered
from koor_provision.cli.options import company_of, company_option
from koor_provision.cli.trusted import open_company
from koor_provision.errors import InputError
from koor_provision.ledger.mails import refuse_reuse, remember, uses
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content, read
from koor_provision.load.intake import document
from koor_provision.load.words import PAPERS
from koor_provision.models.mail import Says
from koor_provision.models.word import Attestation, in_words, used

MAX_SCAN_BYTES = 50 * 1024 * 1024


@click.command(name="add-paper")
@click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
@click.argument("scan", metavar="SCAN", type=click.Path(path_type=Path))
@company_option
@click.option("--signed-by", required=True, metavar="PERSON", help="Who signed it: their id in the agreement.")
@click.option("--signed", required=True, metavar="DAY", help="The day on the paper, such as 2026-01-31.")
@click.option("--accepts", metavar="OFFER/REVISION", help="It accepts this offer, such as O-2026-0815/1.")
@click.option("--approves", type=click.Path(path_type=Path), help="It approves this document of the case.")
@click.option("--requests", multiple=True, metavar="COMPONENT", help="It asks for this additional software.")
@effort_options
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(case: Path, scan: Path, company: Path | None, effort: Effort, **options: object) -> None:
    """Write down a paper that the customer signed, for a sales manager to attest.

    SCAN is read for its digest only and stays where it is: keep it with your contracts. Say what the paper says with
    one of --accepts, --approves and --requests. Mail that cannot be verified, or was forwarded, is printed and comes
    in here.
    """
    now = datetime.now(UTC)
    ours = open_company(company_of(case, company), now).company
    filing = Filing.into(case, now.date())
    paper = hashlib.sha256(read(scan, str(scan), limit=MAX_SCAN_BYTES, hint="name the scanned paper").data).hexdigest()
    content = {
        "kind": "attestation",
        "customer": filing.customer,
        **_says(case, options, filing),
        "signed": options["signed"],
        "signed_by": options["signed_by"],
        "paper_sha256": paper,
    }
    data = document(Attestation, "A paper that the customer signed; who saw it signs this.", **content)
    new = Content("the new attestation", data)
    attestation = to_model(new, Attestation)
    _signed_by_one_of_them(filing, attestation, now.date())
    ledger = Ledger(ledger_path())
    taken = uses([used(PAPERS, paper, filing.customer, attestation.offer)]) if attestation.offer else []
    filing.checks.append(lambda: refuse_reuse(ledger, taken))
    filing.checks[0]()
    filing.numbered.append(
        Numbered(
            PAPERS,
            {"yml": data},
            "a sales manager compares it with the paper, and runs: koor-provision sign {} --key KEY",
        )
    )
    filing.told.append(f"{attestation.signed_by}, {attestation.signed}: {in_words(attestation.statement)}")
    filing.follow(attestation.statement, attestation.signed, new.sha256, effort, ours)
    filing.show()
    if filing.finish(dry_run=bool(options["dry_run"]), yes=bool(options["yes"])) and taken:
        remember(ledger, taken, now)


def _signed_by_one_of_them(filing: Filing, paper: Attestation, today: date) -> None:
    known = {person.id for person in filing.persons}
    if paper.signed_by not in known:
        raise InputError(
            f"'{paper.signed_by}' is not named in the agreement",
            where="--signed-by",
            hint=f"one of: {', '.join(sorted(known)) or 'nobody yet'}",
        )
    if paper.signed > today:
        raise InputError("the day is in the future", where="--signed", hint="enter the day on the paper")


def _says(case: Path, options: dict[str, object], filing: Filing) -> dict[str, object]:
    """What the paper says, as the attestation writes it."""
    given = [name for name in ("accepts", "approves", "requests") if options[name]]
    if len(given) != 1:
        raise InputError(
            "say what the paper says, one thing a paper",
            where=", ".join(f"--{name}" for name in given) or "options",
            hint="give one of --accepts OFFER/REVISION, --approves FILE, --requests COMPONENT",
        )
    if given == ["accepts"]:
        offer, _, revision = str(options["accepts"]).rpartition("/")
        return {"says": Says.ACCEPTANCE.value, "offer": offer, "revision": revision}
    if given == ["approves"]:
        approved = Path(str(options["approves"]))
        name = approved if os.path.exists(approved) else case / approved  # noqa: PTH110  # Path.exists raises for long names
        return {"says": Says.APPROVAL.value, "digest": read(name, str(name)).sha256}
    return {"says": Says.REQUEST.value, "offer": filing.offer.offer, "components": list(options["requests"])}  # type: ignore[call-overload]  # click's tuple
