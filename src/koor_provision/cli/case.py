"""`koor-provision case`: putting a customer's case together."""

import click

from koor_provision.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "new": "Write the documents of a new case.",
    "status": "Say which step is next, and who does it.",
    "add-mail": "Take in a mail: acceptance, approval of a document, or more software.",
    "show-mail": "Show a mail of a case whole, for whoever vouches for it.",
    "add-paper": "Write down a signed paper for a sales manager to attest.",
    "checklist": "Make the install checklist of a case from the CTO's form.",
}


@click.group(name="case", cls=LazyGroup, table=COMMANDS, prefix="koor_provision.cli.case_")
def command() -> None:
    """Put a customer's case together: what they said and signed, as documents that the gate can judge."""
