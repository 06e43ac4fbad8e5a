"""`koor-provision software`: what the CTO approved (R8, R9)."""

import click

from koor_provision.cli.lazy import LazyGroup

COMMANDS = {
    "list": "Show what is approved, and on the strength of which tests.",
    "outdated": "Compare the list with what systems offer today, and say what is due.",
    "validate": "Test a component on a system, and write the validation record.",
    "approve": "Enter a validation record in the list, and sign it: the CTO's.",
    "adopt": "Validate, approve and install a new version, in one go.",
    "diff": "Say what a list changes against an older one.",
}


@click.group(name="software", cls=LazyGroup, table=COMMANDS, prefix="koor_provision.cli.software_")
def command() -> None:
    """Test, approve and explain the approved customer software."""
