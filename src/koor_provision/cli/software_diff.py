"""`koor-provision software diff`: what a list changes against an older one."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.options import company_folder, company_only_option
from koor_provision.cli.trusted import open_company
from koor_provision.errors import InputError
from koor_provision.load.company import SOFTWARE
from koor_provision.load.documents import to_model
from koor_provision.load.files import MAX_DOCUMENT_BYTES, Content, read
from koor_provision.models.software import ApprovedSoftware
from koor_provision.report import software

_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/~^@{}-]{0,100}", re.ASCII)


@click.command(name="diff")
@click.argument("old", metavar="OLD")
@company_only_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(old: str, company: Path | None, form: str) -> None:
    """Say what the company's approved list changes against OLD: an older file, or a git revision of the company folder.

    \b
      koor-provision software diff approved_software.2.yml --company /tmp/sample/company
      koor-provision software diff HEAD~1
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    folder = company_folder(company)
    documents = open_company(folder, datetime.now(UTC)).company
    content = read(Path(old), old) if os.path.exists(old) else _revision(folder, old)  # noqa: PTH110  # long names
    before = software.Listed(content.name, content.sha256, to_model(content, ApprovedSoftware))
    now = documents.software
    after = software.Listed(now.file, now.sha256, now.content)
    show = software.diff_json if form == "json" else software.diff_text
    click.echo(show(before, after))


def _revision(folder: Path, revision: str) -> Content:
    """The list as it stood in a revision of the folder's git repository."""
    name = f"{revision}:{SOFTWARE}"
    trouble = InputError(
        "is neither a file nor a revision that holds the list",
        where=revision,
        hint=f"name an older {SOFTWARE}, or a revision of the company folder's git repository such as HEAD~1",
    )
    if not _REVISION.fullmatch(revision):
        raise trouble
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "show", f"{revision}:./{SOFTWARE}"], capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise InputError("git is not installed", where=name, hint="apt-get install git, or name a file") from error
    if done.returncode != 0 or len(done.stdout) > MAX_DOCUMENT_BYTES:
        raise trouble
    return Content(name, done.stdout)
