"""`koor-provision image`: the default virtual machine for VirtualBox, VMware and Hyper-V (R10)."""

import click

from koor_provision.cli.lazy import LazyGroup

COMMANDS = {
    "build": "Build an image of approved software.",
    "test": "Boot an image's files and check them.",
}


@click.group(name="image", cls=LazyGroup, table=COMMANDS, prefix="koor_provision.cli.image_")
def command() -> None:
    """Build virtual machines for VirtualBox, VMware and Hyper-V, and test them.

    \b
      koor-provision image build --company DIR --out /srv/image
      koor-provision image test /srv/image

    Needs podman and mmdebstrap here; everything else comes into containers from Debian's packages.
    """  # noqa: D301  # \b is click's mark for text that must not be refilled
