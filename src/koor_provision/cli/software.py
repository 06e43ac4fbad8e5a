"""`koor-provision software`: what the CTO approved (R8, R9)."""

import click

from koor_provision.cli.lazy import LazyGroup

COMMANDS = {
    "list": "Show what is approved, and on the strength of which tests.",
    "diff": "Say what a list changes against an older one.",
}


@click.group(name="software", cls=LazyGroup, table=COMMANDS, prefix="koor_provision.cli.software_")
def command() -> None:
    """Explain the approved customer software."""
