"""`koor-provision ci`: pipelines."""

import click

from koor_provision.cli.lazy import LazyGroup

COMMANDS = {"init": "Write a ready pipeline into your repository."}


@click.group(name="ci", cls=LazyGroup, table=COMMANDS, prefix="koor_provision.cli.ci_")
def command() -> None:
    """Have a CI system judge documents and test roles."""
