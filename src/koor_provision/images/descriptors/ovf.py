"""OVF 1.1 (DMTF DSP0243, ISO/IEC 17203:2011): what VirtualBox's and VMware's descriptors have in common.

The schema wants the elements of an item in the alphabet's order; numbers of resource types are CIM's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from koor_provision.images.descriptors.machine import Machine

CPU, MEMORY, SCSI, NETWORK, DISK, SATA = "3", "4", "6", "10", "17", "20"
DEBIAN_64 = "96"
"""Of CIM_OperatingSystem."""
STREAM_OPTIMISED = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"
_ENVELOPE = "http://schemas.dmtf.org/ovf/envelope/1"
_CIM = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"


@dataclass(frozen=True)
class Flavour:
    """What differs between hypervisors.

    Attributes:
        family: the virtual hardware that is asked for.
        system_attributes: further attributes of the operating system's section.
        system_elements: elements at its end.
        controller: the item that the disk hangs on.
        network: name and description of the network, and the card's model.
        disk_caption: how the disk's item is called.
        settings: the vendor's own settings, by key; a reader may ignore each.
        namespace: prefix and URI of the vendor's namespace.
    """

    family: str
    namespace: tuple[str, str]
    controller: dict[str, str]
    network: tuple[str, str, str]
    disk_caption: str = "Hard disk 1"
    system_attributes: str = ""
    system_elements: Sequence[str] = ()
    settings: dict[str, str] = field(default_factory=dict)


def descriptor(machine: Machine, disk_file: str, disk_file_bytes: int, flavour: Flavour) -> str:
    """The descriptor of a machine with one disk and one card."""
    prefix, uri = flavour.namespace
    network, about, card = flavour.network
    items = [
        {
            "AllocationUnits": "hertz * 10^6",
            "Description": "Number of virtual CPUs",
            "ElementName": f"{machine.cores} virtual CPUs",
            "InstanceID": "1",
            "ResourceType": CPU,
            "VirtualQuantity": str(machine.cores),
        },
        {
            "AllocationUnits": "byte * 2^20",
            "Description": "Memory",
            "ElementName": f"{machine.memory_mb} MB of memory",
            "InstanceID": "2",
            "ResourceType": MEMORY,
            "VirtualQuantity": str(machine.memory_mb),
        },
        {"InstanceID": "3", **flavour.controller},
        {
            "AddressOnParent": "0",
            "Caption": flavour.disk_caption,
            "ElementName": flavour.disk_caption,
            "HostResource": "ovf:/disk/vmdisk1",
            "InstanceID": "4",
            "Parent": "3",
            "ResourceType": DISK,
        },
        {
            "AutomaticAllocation": "true",
            "Caption": "Network card",
            "Connection": network,
            "Description": about,
            "ElementName": "Network card",
            "InstanceID": "5",
            "ResourceSubType": card,
            "ResourceType": NETWORK,
        },
    ]
    settings = [
        f'<{prefix}:Config ovf:required="false" {prefix}:key={quoteattr(key)} {prefix}:value={quoteattr(value)}/>'
        for key, value in flavour.settings.items()
    ]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Envelope xmlns="{_ENVELOPE}" xmlns:ovf="{_ENVELOPE}"',
        f'    xmlns:rasd="{_CIM}CIM_ResourceAllocationSettingData"',
        f'    xmlns:vssd="{_CIM}CIM_VirtualSystemSettingData" xmlns:{prefix}="{uri}" xml:lang="en-US">',
        "  <References>",
        f'    <File ovf:href={quoteattr(disk_file)} ovf:id="file1" ovf:size="{disk_file_bytes}"/>',
        "  </References>",
        "  <DiskSection>",
        "    <Info>The disk</Info>",
        f'    <Disk ovf:capacity="{machine.disk_bytes}" ovf:capacityAllocationUnits="byte" ovf:diskId="vmdisk1"',
        f'        ovf:fileRef="file1" ovf:format="{STREAM_OPTIMISED}" ovf:populatedSize="{machine.used_bytes}"/>',
        "  </DiskSection>",
        "  <NetworkSection>",
        "    <Info>The network; the machine asks it for an address (DHCP)</Info>",
        f"    <Network ovf:name={quoteattr(network)}>",
        f"      <Description>{escape(about)}</Description>",
        "    </Network>",
        "  </NetworkSection>",
        f"  <VirtualSystem ovf:id={quoteattr(machine.name)}>",
        "    <Info>One machine</Info>",
        f"    <Name>{escape(machine.name)}</Name>",
        "    <ProductSection>",
        "      <Info>What it is</Info>",
        f"      <Product>{escape(machine.summary)}</Product>",
        f"      <Version>{escape(machine.version)}</Version>",
        "    </ProductSection>",
        f'    <OperatingSystemSection ovf:id="{DEBIAN_64}"{flavour.system_attributes}>',
        "      <Info>The operating system</Info>",
        f"      <Description>{escape(machine.system)}</Description>",
        *(f"      {element}" for element in flavour.system_elements),
        "    </OperatingSystemSection>",
        "    <VirtualHardwareSection>",
        "      <Info>The recommended size; see CONFIGURATION.md for the least</Info>",
        "      <System>",
        "        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>",
        "        <vssd:InstanceID>0</vssd:InstanceID>",
        f"        <vssd:VirtualSystemIdentifier>{escape(machine.name)}</vssd:VirtualSystemIdentifier>",
        f"        <vssd:VirtualSystemType>{flavour.family}</vssd:VirtualSystemType>",
        "      </System>",
        *(line for item in items for line in _item(item)),
        *(f"      {setting}" for setting in settings),
        "    </VirtualHardwareSection>",
        "  </VirtualSystem>",
        "</Envelope>",
    ]
    return "\n".join(lines) + "\n"


def _item(values: dict[str, str]) -> list[str]:
    elements = [f"        <rasd:{name}>{escape(value)}</rasd:{name}>" for name, value in sorted(values.items())]
    return ["      <Item>", *elements, "      </Item>"]


def manifest(digests: dict[str, str]) -> str:
    """The `.mf` file: the SHA-256 of each file of the package."""
    return "".join(f"SHA256({name})= {digest}\n" for name, digest in digests.items())
