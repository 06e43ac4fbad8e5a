"""VirtualBox 7: boots with BIOS; EFI may be switched on, since the disk boots with both."""

from koor_provision.images.descriptors.machine import Machine
from koor_provision.images.descriptors.ovf import SATA, Flavour, descriptor

FLAVOUR = Flavour(
    family="virtualbox-2.2",
    namespace=("vbox", "http://www.virtualbox.org/ovf/machine"),
    # Its importer knows the controller by the beginning of this name.
    controller={"Address": "0", "Caption": "sataController0", "Description": "SATA controller",
                "ElementName": "sataController0", "ResourceSubType": "AHCI", "ResourceType": SATA},
    network=("NAT", "Behind the host; choose a bridged network for a server that others reach", "E1000"),
    system_elements=('<vbox:OSType ovf:required="false">Debian_64</vbox:OSType>',),
)  # fmt: skip


def virtualbox(machine: Machine, disk_file: str, disk_file_bytes: int) -> str:
    """The `.ovf` for VirtualBox."""
    return descriptor(machine, disk_file, disk_file_bytes, FLAVOUR)
