"""The inventory that the engineer names."""

from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import read
from koor_provision.models.inventory import Inventory


def load_inventory(path: Path) -> Inventory:
    """Read and validate.

    Raises:
        InputError: malformed, or it sets a variable that does not say how to reach the host.
    """
    content = read(
        path, str(path), hint="see the examples that travel with koor-provision: container.yml, ssh.yml, local.yml"
    )
    try:
        return to_model(content, Inventory)
    except InputError as error:
        error.hint = (
            "an inventory has `all: hosts: NAME:` and below each name only ansible_connection (ssh, podman, local), "
            "ansible_host, ansible_port, ansible_user, ansible_ssh_private_key_file and ansible_become"
        )
        raise
