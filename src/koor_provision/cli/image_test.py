"""`koor-provision image test`: boots what a build wrote, and checks it."""

from pathlib import Path

import click


@click.command(name="test")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--machines",
    "wanted",
    type=click.Choice(["one", "usual", "all"]),
    default="usual",
    show_default=True,
    help="one: the disk under UEFI. usual: each file as its hypervisor starts it, and one of these again under "
    "BIOS. all: each machine again under all of BIOS, UEFI and Secure Boot.",
)
@click.option(
    "--company",
    type=click.Path(path_type=Path),
    envvar="KOOR_PROVISION_COMPANY",
    help="Folder of the company's documents: who may sign images. Without it no signature is checked.",
)
@click.option(
    "--schema",
    type=click.Path(path_type=Path),
    help="The OVF schema (DMTF DSP8023, an .xsd; not shipped): descriptors are held against it with xmllint as well.",
)
@click.option("--canary", "canaries", multiple=True, help="A text that must be nowhere in the image, such as a name.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write the results as JUnit XML here.")
@click.option("--logs", type=click.Path(path_type=Path), help="Write each machine's console to this folder.")
@click.option("--mirror", multiple=True, help="Where to get Debian's packages, as mmdebstrap takes it.")
def command(**options: object) -> int:
    """Boot the image in DIR in qemu, without rights and without hardware support, and check everything about it.

    The signature; sums, manifests and descriptors, and whatever else a build writes, made again from its record; the
    disk, file by file, for anything secret (R11); then machines with BIOS, UEFI and Secure Boot: the login that the
    console shows, a page that PHP makes from the database, sizes, open ports, and that no two of them share a secret.
    Disks are unpacked into $TMPDIR, which needs twice the size of DIR and 2 GB for a while.

    \b
      koor-provision image test /srv/image --company /srv/company --junit report.xml
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
    from koor_provision.cli.image_trying import Options, run  # noqa: PLC0415  # `--help` needs none of it

    return run(Options(**options))  # type: ignore[arg-type]  # click's, by the same names
