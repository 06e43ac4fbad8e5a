"""`koor-provision image build`: from a spec to files for each hypervisor."""

from pathlib import Path

import click

from koor_provision.cli.options import company_only_option

FORMATS = ("virtualbox", "vmware", "hyperv", "qcow2", "vagrant")


@click.command(name="build")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    help="What is in the image. Default: PHP, Apache and MariaDB on Debian 13.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice([*FORMATS, "all"]),
    multiple=True,
    default=("all",),
    show_default=True,
    help="For which hypervisor; may be given several times.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to make; must not be there yet.")
@company_only_option
@click.option("--lock", type=click.Path(path_type=Path), help="Build exactly what this packages.lock says.")
@click.option(
    "--mirror",
    multiple=True,
    help="Where this build gets Debian's packages, as mmdebstrap takes it; the machine gets Debian's own.",
)
@click.option("--key", type=click.Path(path_type=Path), help="An SSH key to sign SHA256SUMS with.")
@click.option("--keep-disk", is_flag=True, help="Leave the raw disk in the folder as well.")
def command(**options: object) -> int:
    """Build an image of approved software, with nothing secret in it.

    The same roles that install on a customer's server run in a container; its tree is sealed and becomes a disk that
    boots with BIOS, UEFI and Secure Boot. Keys, passwords and databases are made by each machine at its first boot.
    The company's approved list applies (R8, R9).

    \b
      koor-provision image build --company DIR --out /srv/image
      koor-provision image build --company DIR --out /srv/again --lock /srv/image/packages.lock   # the same disk again
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.cli.image_work import Options, build  # noqa: PLC0415  # `--help` needs none of it

    return build(Options(**options))  # type: ignore[arg-type]  # click's, by the same names
