"""`koor-provision install`: the whole way, from documents to evidence."""

from pathlib import Path

import click

from koor_provision.cli.options import run_options


@click.command(name="install")
@run_options
@click.option(
    "--application-source",
    type=click.Path(path_type=Path),
    envvar="KOOR_PROVISION_APPLICATION_SOURCE",
    help="The application's archive, or a Git checkout that has the ordered commit. Held against the order's digest.",
)
def command(case: Path, inventory: Path, **options: object) -> int:
    """Install what CASE orders on one of its targets.

    Judges the case, looks at the server, shows the plan with exact versions and everything that may be touched, has the
    engineer sign it, runs it, verifies the result, and writes the evidence for the customer.

    \b
    Only looking:          koor-provision install CASE -i INVENTORY --dry-run
    A custom environment:  --dry-run --plan FILE, have the customer's IT sign FILE, then --plan FILE (R7)
    """  # noqa: D301
    from koor_provision.cli.session import Options  # noqa: PLC0415  # `install --help` needs none of it
    from koor_provision.cli.workflow import go  # noqa: PLC0415

    return go(Options(case=case, inventory=inventory, **options))  # type: ignore[arg-type]
