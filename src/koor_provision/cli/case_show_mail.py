"""`koor-provision case show-mail`: a mail of a case, for whoever vouches for it."""

from pathlib import Path

import click

from koor_provision.cli import mail_shown
from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import read
from koor_provision.load.words import MAILS, numbers, read_again
from koor_provision.models.text import shown
from koor_provision.models.word import MailRecord, in_words


@click.command(name="show-mail")
@click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
@click.argument("number", metavar="NUMBER")
def command(case: Path, number: str) -> None:
    """Verify a mail of CASE again and show it whole, with what was understood.

    \b
      koor-provision case show-mail CASE 001
      koor-provision sign CASE/mails/001.yml --key KEY
    """  # noqa: D301
    there = numbers(case, MAILS)
    if number not in there:
        raise InputError(
            f"there is no mail {number}", where=str(case), hint=f"one of: {', '.join(there) or 'none was taken in'}"
        )
    name = f"{MAILS}/{number}.yml"
    record = to_model(read(case / name, name), MailRecord)
    raw, message, statement = read_again(case, number, record)
    click.echo(f"{shown(raw.name)}: verified with the key {shown(record.key_name)}, taken in {record.taken:%Y-%m-%d}")
    for line in (
        f"from {message.sender} to {', '.join(message.recipients)}, {message.sent:%Y-%m-%d %H:%M} UTC",
        f"understood: {in_words(statement)}" + (f", for the order of offer {record.offer}" if record.offer else ""),
        *mail_shown.lines(message),
    ):
        click.echo(f"  {shown(line)}")
