"""Options that several commands share, and how they are resolved."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from koor_provision.errors import InputError
from koor_provision.load.files import require_folder

company_option = click.option(
    "--company",
    type=click.Path(path_type=Path),
    envvar="KOOR_PROVISION_COMPANY",
    help="Folder of the company's documents. Default: $KOOR_PROVISION_COMPANY, or `company` two levels above the case.",
)
company_only_option = click.option(
    "--company",
    type=click.Path(path_type=Path),
    envvar="KOOR_PROVISION_COMPANY",
    help="Folder of the company's documents. Default: $KOOR_PROVISION_COMPANY, or `company` here.",
)
engineer_option = click.option(
    "--as",
    "engineer",
    metavar="ENGINEER",
    envvar="KOOR_PROVISION_AS",
    help="Who does the installation. Default: whom the order confirmation names.",
)

_case_argument = click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
_RUN_OPTIONS = (
    click.option(
        "--inventory",
        "-i",
        type=click.Path(path_type=Path),
        required=True,
        help="How to reach the hosts; see the examples in inventories/.",
    ),
    click.option("--host", help="Which target of the order. Default: the only one."),
    company_option,
    engineer_option,
    click.option(
        "--key",
        type=click.Path(path_type=Path),
        help="The engineer's private key, to sign the plan. Default: a key of theirs in the SSH agent.",
    ),
    click.option(
        "--plan",
        "plan_file",
        type=click.Path(path_type=Path),
        help="With --dry-run: write the plan here. Without: run this plan, signed by all who must.",
    ),
    click.option("--dry-run", is_flag=True, help="Stop after the plan; nothing on the server is changed."),
    click.option("--yes", is_flag=True, help="Do not ask before the run."),
    click.option(
        "--evidence",
        type=click.Path(path_type=Path),
        help="Where to put the evidence for the customer. Default: CASE/evidence/PLAN.",
    ),
    click.option(
        "--engine",
        type=click.Choice(["mitogen", "plain"]),
        default="mitogen",
        show_default=True,
        help="plain: Ansible's own, slower.",
    ),
)


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of everything that makes a plan of a case and runs it."""
    return _case_argument(plan_options(command))


def plan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of everything that makes a plan and runs it, however it names its case."""
    for option in reversed(_RUN_OPTIONS):
        command = option(command)
    return command


def company_of(case: Path, company: Path | None) -> Path:
    """The company folder of a case.

    Raises:
        InputError: there is no such case; or none was named and none lies where the sample has it.
    """
    require_folder(case, "name a case folder; `koor-provision sample DIR` makes one to look at")
    if company:
        return company
    # Where the user named it, not where a link leads: somebody else's folder must not bring a company of its own.
    beside = Path(os.path.abspath(case)).parent.parent / "company"  # noqa: PTH100  # resolve() follows links
    if os.path.isdir(beside):  # noqa: PTH112  # Path.is_dir raises for a closed folder
        return beside
    raise InputError(
        "the company's documents were not found",
        where=str(beside),
        hint="name their folder: --company DIR, or set KOOR_PROVISION_COMPANY",
    )


def company_folder(company: Path | None) -> Path:
    """The company folder for a command that has no case.

    Raises:
        InputError: none was named and none lies here.
    """
    return require_folder(
        company or Path("company"), "name the company's folder: --company DIR, or set KOOR_PROVISION_COMPANY"
    )
