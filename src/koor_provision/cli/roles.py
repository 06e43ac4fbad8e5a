"""`koor-provision roles`: what holds for roles before anybody orders them."""

import click

from koor_provision.cli.lazy import LazyGroup

COMMANDS = {
    "lint": "Hold roles and playbooks against their scope contracts, without a server.",
    "test": "Test roles: lint, argument specs, and Molecule on each system.",
}


@click.group(name="roles", cls=LazyGroup, table=COMMANDS, prefix="koor_provision.cli.roles_")
def command() -> None:
    """Judge the roles themselves."""
