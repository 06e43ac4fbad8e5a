"""`koor-provision ledger verify`: does the ledger hold."""

import json
from dataclasses import asdict
from typing import Any

import click

from koor_provision.errors import Exit, KoorError, RunError
from koor_provision.ledger.inspect import Inspection, inspect
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.models.text import shown


@click.command(name="verify")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--fingerprint", "told", metavar="SHA256:...", help="The key that you wrote down when it was made, to compare with."
)
def command(form: str, told: str | None) -> int:
    """Check every receipt, the chain, the signed head and the key; nothing is written.

    Exit code 3 where something does not hold. The first such thing is named.
    """
    path = ledger_path()
    try:
        found = inspect(Ledger(path))
        if told and told != found.key:
            raise RunError(
                f"is signed with {found.key or 'no key'}, not with {told}",
                where=str(path),
                hint="see in `koor-provision ledger show` who changed the key; if nobody did, it is not your ledger",
            )
    except KoorError as error:
        if form == "text":
            raise
        trouble = {"message": error.message, "where": error.where, "remedy": error.hint}
        click.echo(json.dumps({"holds": False, "ledger": str(path), "trouble": trouble}, indent=2))
        return error.exit_code
    if form == "json":
        data: dict[str, Any] = {"holds": True, "ledger": str(path), **asdict(found)}
        click.echo(json.dumps(data, indent=2))
    else:
        _tell(str(path), found)
    return Exit.DONE


def _tell(path: str, found: Inspection) -> None:
    click.echo(f"{click.style('holds', fg='green', bold=True)}: {shown(path)}")
    click.echo(f"receipts   {found.receipts}" + (f", the last one of {shown(found.last)}" if found.last else ""))
    if found.key:
        click.echo(f"signed by  {found.key}")
    if found.unsigned and found.key:
        click.echo(f"note: the first {found.unsigned} receipts are from before its end was signed")
    elif found.unsigned:
        click.echo("note: written by an earlier version, which did not sign its end; the next receipt changes that")
    for plan in found.unfinished:
        click.echo(f"note: the run of plan {shown(plan)} has no end here: it was killed, or is still going on")
