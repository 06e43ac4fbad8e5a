"""`koor-provision undo`: a server as it was before a run."""

from pathlib import Path

import click

from koor_provision.cli.options import plan_options


@click.command(name="undo")
@click.argument("run", metavar="RUN")
@plan_options
@click.option(
    "--case",
    type=click.Path(path_type=Path),
    help="The case that RUN was of. Default: where RUN's evidence lies; for an identifier, the case here or below.",
)
@click.option(
    "--discard-data",
    is_flag=True,
    help="Delete data and files that were made or changed since the run, too. Nothing brings them back.",
)
def command(run: str, inventory: Path, case: Path | None, *, discard_data: bool, **options: object) -> int:
    """Take a server back to before RUN.

    RUN is what an earlier `install` said: its evidence, the folder CASE/evidence/PLAN or the archive beside it; or
    only its plan's identifier. A run that failed half way is undone the same way.

    Goes the same way as `install`: judges the case, looks at the server, shows exactly what goes and what comes back,
    has the engineer sign the plan, runs it, verifies that the server is as it was, audits and writes evidence.

    Packages that the run added go, configuration comes back as the server kept it, services and accounts too. Packages
    that the run brought to a newer version stay in it. Only the latest run on a server can be undone, and only while
    its order is the present one. Where data of the customer would go, it is refused; --discard-data gives that up.

    \b
    Only looking:  koor-provision undo CASE/evidence/PLAN -i INVENTORY --dry-run
    """  # noqa: D301
    from koor_provision.cli.session import Options  # noqa: PLC0415  # `undo --help` needs none of it
    from koor_provision.cli.undoing import find_run  # noqa: PLC0415
    from koor_provision.cli.workflow import go  # noqa: PLC0415
    from koor_provision.models.order import Undo  # noqa: PLC0415

    found = find_run(run, case)
    undo = Undo(run=found.run, discard=discard_data)
    return go(Options(case=found.case, inventory=inventory, undo=undo, **options))  # type: ignore[arg-type]
