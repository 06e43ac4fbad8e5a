"""`koor-provision ledger`: our own receipts."""

import click

from koor_provision.cli.lazy import LazyGroup

COMMANDS = {
    "show": "Show the receipts.",
    "verify": "Say whether the ledger holds, and name the first thing that does not.",
    "key": "Show the key that its head is signed with.",
}


@click.group(name="ledger", cls=LazyGroup, table=COMMANDS, prefix="koor_provision.cli.ledger_")
def command() -> None:
    """Look at the receipts of this machine: what was run and what came of it, without anything of the customers'."""
