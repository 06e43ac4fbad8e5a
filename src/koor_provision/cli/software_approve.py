"""`koor-provision software approve`: the CTO's word on a validation record (R9)."""

from datetime import datetime
from pathlib import Path

import click

from koor_provision.cli.options import company_folder, company_only_option
from koor_provision.models.text import shown


@click.command(name="approve")
@click.argument("record", metavar="RECORD", type=click.Path(path_type=Path))
@company_only_option
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="The CTO's private key, or a .pub file whose key the SSH agent holds. Default: the agent's only key.",
)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The list's end. Default: in a year.")
@click.option("--yes", is_flag=True, help="The record was read: do not ask.")
def command(record: Path, company: Path | None, key: Path | None, expires: datetime | None, *, yes: bool) -> None:
    """Enter RECORD in the approved list, and sign the list: the CTO's, and nobody else's.

    The entry holds the record's versions, systems and digest, and takes the place of entries that it includes. The list
    gets the next version and the digest of its predecessor. A validation that failed, is incomplete or was changed
    cannot be approved. Nothing is written before everything holds.

    \b
      koor-provision software approve company/validations/mariadb-update-2.yml --key ~/.ssh/cto
      git diff company/approved_software.yml; koor-provision software diff HEAD
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.cli.approving import Wish, approve_record  # noqa: PLC0415  # help needs none of it

    wish = Wish(record, company_folder(company), key, expires.date() if expires else None, sure=yes)
    approve_record(wish)
    click.echo(f"approved and signed: {shown(str(wish.folder))}/approved_software.yml")
    click.echo(f"what is approved now: koor-provision software list --company {shown(str(wish.folder))}")
