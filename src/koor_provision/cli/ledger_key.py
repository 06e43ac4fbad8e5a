"""`koor-provision ledger key`: whose signature the head bears."""

import sys
from datetime import UTC, datetime

import click

from koor_provision.errors import InputError
from koor_provision.ledger.head import NAMESPACE
from koor_provision.ledger.key import load_key
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.models.text import shown


@click.command(name="key")
@click.option("--new", is_flag=True, help="Sign with a new key from now on; a receipt keeps that and the old one.")
@click.option("--yes", is_flag=True, help="Do not ask before a new one is made.")
def command(*, new: bool, yes: bool) -> None:
    """Show the key that the ledger's head is signed with, as a line of an allowed-signers file of OpenSSH.

    It was made by this machine and stays here. Write its fingerprint down elsewhere: a ledger that somebody wrote anew
    has another one.
    """
    ledger = Ledger(ledger_path())
    if new:
        _confirm(yes=yes)
        key = ledger.new_key(datetime.now(UTC))
    elif (found := load_key(ledger.key_path)) is None:
        raise InputError(
            "there is no key here",
            where=str(ledger.key_path),
            hint="it is made with the first receipt; if there was one, restore it from your backup",
        )
    else:
        key = found
    click.echo(f'ledger namespaces="{NAMESPACE}" {key.public}')
    click.echo(f"fingerprint {key.fingerprint}, kept in {shown(str(ledger.key_path))}", err=True)


def _confirm(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(
            "nobody can be asked here: standard input is no terminal", hint="if the old key is lost or was seen: --yes"
        )
    click.confirm("Is the old key lost, or did somebody see it?", abort=True, err=True)
