"""`koor-provision case`: putting a customer's case together."""

import click

from koor_provision.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {}


@click.group(name="case", cls=LazyGroup, table=COMMANDS, prefix="koor_provision.cli.case_")
def command() -> None:
    """Put a customer's case together: what they said and signed, as documents that the gate can judge."""
