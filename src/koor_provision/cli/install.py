"""`koor-provision install`: the whole way, from documents to evidence."""

from pathlib import Path

import click

from koor_provision.cli.options import company_option, engineer_option


@click.command(name="install")
@click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
@click.option(
    "--inventory",
    "-i",
    type=click.Path(path_type=Path),
    required=True,
    help="How to reach the hosts; see the examples in inventories/.",
)
@click.option("--host", help="Which target of the order. Default: the only one.")
@company_option
@engineer_option
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="The engineer's private key, to sign the plan. Default: a key of theirs in the SSH agent.",
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path),
    help="With --dry-run: write the plan here. Without: run this plan, signed by all who must.",
)
@click.option("--dry-run", is_flag=True, help="Stop after the plan; nothing on the server is changed.")
@click.option("--yes", is_flag=True, help="Do not ask before the run.")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    help="Where to put the evidence for the customer. Default: CASE/evidence/PLAN.",
)
@click.option(
    "--engine",
    type=click.Choice(["mitogen", "plain"]),
    default="mitogen",
    show_default=True,
    help="plain: Ansible's own, slower.",
)
def command(case: Path, inventory: Path, **options: object) -> int:
    """Install what CASE orders on one of its targets.

    Judges the case, looks at the server, shows the plan with exact versions and everything that may be touched, has the
    engineer sign it, runs it, verifies the result, and writes the evidence for the customer.

    \b
    Only looking:          koor-provision install CASE -i INVENTORY --dry-run
    A custom environment:  --dry-run --plan FILE, have the customer's IT sign FILE, then --plan FILE (R7)
    """  # noqa: D301
    from koor_provision.cli.workflow import Options, install  # noqa: PLC0415  # `install --help` needs none of it

    return install(Options(case=case, inventory=inventory, **options))  # type: ignore[arg-type]
