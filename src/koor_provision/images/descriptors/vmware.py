"""VMware ESXi 6.7 and newer, Workstation 14 and newer: EFI with Secure Boot, VMware's own disk controller and card.

No order of boot devices is given: with one, some versions go back to BIOS.
"""

from koor_provision.images.descriptors.machine import Machine
from koor_provision.images.descriptors.ovf import SCSI, Flavour, descriptor

FLAVOUR = Flavour(
    family="vmx-14",
    namespace=("vmw", "http://www.vmware.com/schema/ovf"),
    controller={"Address": "0", "Caption": "SCSI controller 0", "Description": "Paravirtual SCSI controller",
                "ElementName": "SCSI controller 0", "ResourceSubType": "VirtualSCSI", "ResourceType": SCSI},
    network=("VM Network", "The network of the virtual machines", "VmxNet3"),
    system_attributes=' vmw:osType="debian10_64Guest"',  # the newest that this virtual hardware knows
    settings={"firmware": "efi", "bootOptions.efiSecureBootEnabled": "true", "tools.syncTimeWithHost": "false"},
)  # fmt: skip


def vmware(machine: Machine, disk_file: str, disk_file_bytes: int) -> str:
    """The `.ovf` for VMware."""
    return descriptor(machine, disk_file, disk_file_bytes, FLAVOUR)
