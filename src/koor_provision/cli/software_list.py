"""`koor-provision software list`: what is approved, and on the strength of which tests."""

from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.options import company_folder, company_only_option
from koor_provision.cli.trusted import open_company
from koor_provision.report import software


@click.command(name="list")
@company_only_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(company: Path | None, form: str) -> None:
    """Show each approved component: versions, systems, day of approval, validation record, last test and its age.

    \b
      koor-provision software list --company /tmp/sample/company
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    now = datetime.now(UTC)
    documents = open_company(company_folder(company), now).company
    rows = software.rows(documents, now.date())
    show = software.list_json if form == "json" else software.list_text
    click.echo(show(documents.software, rows, now.date()))
