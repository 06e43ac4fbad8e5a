"""`koor-provision remove`: the same way as `install`, for what an order no longer has."""

from pathlib import Path

import click

from koor_provision.cli.options import run_options
from koor_provision.errors import InputError


@click.command(name="remove")
@run_options
@click.option("--component", metavar="NAME", required=True, help="What to take out, such as redis.")
@click.option(
    "--purge",
    is_flag=True,
    help="Delete its configuration, data, secrets and logs too. Only where the customer ordered it: `purge: true`.",
)
def command(case: Path, inventory: Path, component: str, *, purge: bool, **options: object) -> int:
    """Take a component that CASE no longer orders out of one of its targets.

    The accepted offer and the confirmation list it under `removals:`. Goes the same way as `install`: judges the case,
    looks at the server, shows exactly which packages, files and services go and what is kept, has the engineer sign the
    plan, runs it, and verifies that the component is gone and that the rest of the order still works.

    Databases, secrets and logs stay. They are deleted with --purge, which is refused unless the customer's signed order
    says so.

    \b
    Only looking:  koor-provision remove CASE --component redis -i INVENTORY --dry-run
    """  # noqa: D301
    from koor_provision.cli.session import Options  # noqa: PLC0415  # `remove --help` needs none of it
    from koor_provision.cli.workflow import go  # noqa: PLC0415
    from koor_provision.load.resources import share  # noqa: PLC0415
    from koor_provision.load.scopes import load_scopes  # noqa: PLC0415
    from koor_provision.models.order import Removal  # noqa: PLC0415

    known = sorted(name for name, scope in load_scopes(share() / "roles").items() if scope.can_be_ordered)
    if component not in known:
        raise InputError(f"there is no component {component!r}", hint=f"choose one of {', '.join(known)}")
    removal = Removal(component=component, purge=purge)
    return go(Options(case=case, inventory=inventory, removal=removal, **options))  # type: ignore[arg-type]
