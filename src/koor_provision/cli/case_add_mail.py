"""`koor-provision case add-mail`: a customer's mail as it came."""

from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli import mail_shown
from koor_provision.cli.filing import Effort, Filing, effort_options
from koor_provision.cli.numbered import Numbered
from koor_provision.cli.options import company_of, company_option
from koor_provision.cli.trusted import open_company
from koor_provision.errors import InputError
from koor_provision.ledger.mails import refuse_reuse, remember, uses
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.files import read
from koor_provision.load.intake import Lookup, take_in
from koor_provision.load.words import MAILS, message_digest, numbers
from koor_provision.mail import dns
from koor_provision.mail.fields import MAX_MAIL_BYTES
from koor_provision.mail.signature import MAX_RECORD_BYTES
from koor_provision.models.base import Sha256
from koor_provision.models.mail import Says
from koor_provision.models.text import shown
from koor_provision.models.word import in_words, used

_TO_DO = (
    "somebody else than the engineer compares it (koor-provision case show-mail CASE NUMBER), and runs: "
    "koor-provision sign {} --key KEY"
)


@click.command(name="add-mail")
@click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
@click.argument("file", metavar="FILE.eml", type=click.Path(path_type=Path))
@company_option
@effort_options
@click.option(
    "--key-record",
    type=click.Path(path_type=Path),
    help="The mail server's key (the TXT record) from a file, instead of DNS.",
)
@click.option("--dry-run", is_flag=True, help="Show what is understood; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask whether it was understood.")
def command(
    case: Path, file: Path, company: Path | None, effort: Effort, key_record: Path | None, **options: bool
) -> None:
    """Take a customer's mail into CASE: they accept an offer, approve a document, or ask for additional software.

    The mail must be as it came (an .eml file), signed by their mail server (DKIM), from an address that the agreement
    names, and say one of these sentences, in English or German:

    \b
      I accept your offer O-2026-0815, revision 1.
      I approve the document with the SHA-256 digest DIGEST.
      I herewith request the additional setup and configuration of the software Redis.

    Mail that cannot be verified, or was forwarded, comes in as a paper: koor-provision case add-paper.
    """  # noqa: D301
    now = datetime.now(UTC).replace(microsecond=0)
    ours = open_company(company_of(case, company), now).company
    filing = Filing.into(case, now.date())
    intake = take_in(file, filing.persons, _lookup(key_record), now)
    offer = None if intake.statement.says is Says.APPROVAL else filing.offer.offer
    ledger = Ledger(ledger_path())
    taken = uses([used(MAILS, message_digest(intake.message), filing.customer, offer)]) if offer else []
    filing.checks.append(lambda: _new_here(case, file, intake.raw.sha256))
    filing.checks.append(lambda: refuse_reuse(ledger, taken))
    for check in filing.checks:
        check()
    filing.numbered.append(
        Numbered(MAILS, {"eml": intake.raw.data, "yml": intake.record(filing.customer, offer)}, _TO_DO)
    )
    click.echo(f"{shown(str(file))}: verified")
    filing.told.append(f"{intake.person.id} <{intake.message.sender}>, {intake.message.sent:%Y-%m-%d %H:%M} UTC")
    filing.told += mail_shown.lines(intake.message)
    filing.told.append(f"understood: {in_words(intake.statement)}")
    filing.follow(intake.statement, intake.message.sent.date(), intake.raw.sha256, effort, ours)
    filing.show()
    if filing.finish(dry_run=options["dry_run"], yes=options["yes"]) and taken:
        remember(ledger, taken, now)


def _new_here(case: Path, file: Path, digest: Sha256) -> None:
    for before in numbers(case, MAILS):
        if read(case / MAILS / f"{before}.eml", before, limit=MAX_MAIL_BYTES).sha256 == digest:
            raise InputError(
                f"is in the case already, as {MAILS}/{before}.eml", where=str(file), hint="a mail is taken in once"
            )


def _lookup(file: Path | None) -> Lookup:
    if file is None:
        return dns.key_record
    record = read(file, str(file), limit=MAX_RECORD_BYTES, hint="save the TXT record as one line").data.strip()
    return lambda _: record
