"""Options that several commands share, and how they are resolved."""

import os
from pathlib import Path

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
    if beside.is_dir():
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
