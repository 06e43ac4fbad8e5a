"""`koor-provision sample`: a complete example to learn from."""

import shlex
from datetime import UTC, datetime
from pathlib import Path

import click

from koor_provision.cli.enrol import enrol_sample
from koor_provision.models.text import shown
from koor_provision.sample.write import write_sample


@click.command(name="sample")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write a complete, valid example into DIR.

    \b
    DIR/company/                 our documents: staff, approved software, checklists, signers, revocations
    DIR/cases/default-offer/     an order that is admitted: PHP, Apache and MariaDB
    DIR/cases/never-ordered/     the same, with a component that the customer never ordered: refused
    DIR/cases/by-mail/           the same, from a customer without keys: by mail and on paper, with Redis added
    DIR/keys/                    the private keys of the sample's people

    Change something, sign it again with `koor-provision sign`, and see what `koor-provision check` says.
    """  # noqa: D301
    cases = write_sample(folder, datetime.now(UTC).date())
    enrol_sample(folder / "company")
    root = shown(str(folder))
    click.echo(f"written: {root}/company, {root}/keys, " + ", ".join(f"{root}/cases/{case.name}" for case in cases))
    click.echo(
        "its CTO's key is trusted in this folder only; your company's is recorded with: koor-provision trust DIR"
    )
    click.echo(f"try: koor-provision check {shown(shlex.quote(str(folder)))}/cases/*")
