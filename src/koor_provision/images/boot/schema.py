"""Our own strict reading of OVF 1.1 (DSP0243, schema DSP8023): names, order and number of elements, and attributes.

The schema itself may not be shipped. What is here is the part of it that a machine with a disk and a card needs; what
it does not know is a mistake, though OVF may allow it. Elements of a vendor come last and must be marked as ones that
a reader may skip. `image test --schema FILE` asks the real schema.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET  # no entity is ever resolved: documents with a DOCTYPE are refused first

OVF = "{http://schemas.dmtf.org/ovf/envelope/1}"
_CIM = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
RASD, VSSD = _CIM + "CIM_ResourceAllocationSettingData}", _CIM + "CIM_VirtualSystemSettingData}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
# Of each element: its children in the schema's order, each with how many there may be.
_CHILDREN = {
    "Envelope": "References 1 DiskSection 1 NetworkSection 1 VirtualSystem 1",
    "References": "File *",
    "File": "",
    "DiskSection": "Info 1 Disk *",
    "Disk": "",
    "NetworkSection": "Info 1 Network *",
    "Network": "Description ?",
    "VirtualSystem": "Info 1 Name ? ProductSection ? OperatingSystemSection ? VirtualHardwareSection 1",
    "ProductSection": "Info 1 Product ? Vendor ? Version ? FullVersion ? ProductUrl ? VendorUrl ?",
    "OperatingSystemSection": "Info 1 Description ?",
    "VirtualHardwareSection": "Info 1 System ? Item *",
    **dict.fromkeys(
        ("Info", "Name", "Description", "Product", "Vendor", "Version", "FullVersion", "ProductUrl", "VendorUrl"), ""
    ),
}
# Of each element: the attributes that it must have, and those that it may have.
_ATTRIBUTES = {
    "File": ("href id", "size compression chunkSize"),
    "Disk": ("capacity diskId", "capacityAllocationUnits fileRef format parentRef populatedSize"),
    "Network": ("name", ""),
    "VirtualSystem": ("id", ""),
    "OperatingSystemSection": ("id", "version required"),
}
_RASD_ONCE = frozenset(
    [
        "Address",
        "AddressOnParent",
        "AllocationUnits",
        "AutomaticAllocation",
        "AutomaticDeallocation",
        "Caption",
        "ConsumerVisibility",
        "Description",
        "ElementName",
        "InstanceID",
        "Limit",
        "MappingBehavior",
        "OtherResourceType",
        "Parent",
        "PoolID",
        "Reservation",
        "ResourceSubType",
        "ResourceType",
        "VirtualQuantity",
        "VirtualQuantityUnits",
        "Weight",
    ]
)
_RASD_OFTEN = frozenset({"Connection", "HostResource"})
_VSSD = frozenset(
    ["Caption", "Description", "ElementName", "InstanceID", "VirtualSystemIdentifier", "VirtualSystemType"]
)
_MOST = {"1": (1, 1), "?": (0, 1), "*": (0, 10_000)}


def parsed(descriptor: bytes) -> ET.Element:
    """The descriptor's root.

    Raises:
        ValueError: it brings declarations of its own, which ours never do.
        ParseError: it is no XML.
    """
    if b"<!" in descriptor:
        raise ValueError("the descriptor brings a DOCTYPE, comments or CDATA")
    return ET.fromstring(descriptor)  # noqa: S314  # nothing in it is declared, see above


def schema(descriptor: bytes) -> Iterator[str]:
    """What in a descriptor is not as the schema wants it."""
    root = parsed(descriptor)
    if root.tag != f"{OVF}Envelope":
        yield f"is {root.tag}, no Envelope of OVF 1"
        return
    yield from _element(root)
    items = [item.findtext(f"{RASD}InstanceID") for item in root.iter(f"{OVF}Item")]
    if len(items) != len(set(items)):
        yield "two items have one InstanceID"
    if {item.findtext(f"{RASD}Parent") for item in root.iter(f"{OVF}Item")} - {None} - set(items):
        yield "an item hangs on one that is not there"


def _element(element: ET.Element) -> Iterator[str]:
    name = element.tag.removeprefix(OVF)
    if name == "System":
        yield from _settings(element, VSSD, _VSSD, frozenset(), ("ElementName", "InstanceID"))
        return
    if name == "Item":
        yield from _settings(element, RASD, _RASD_ONCE, _RASD_OFTEN, ("ElementName", "InstanceID", "ResourceType"))
        return
    yield from _attributes(element, name)
    words = _CHILDREN[name].split()
    wanted = list(zip(words[::2], words[1::2], strict=True))
    children = list(element)
    while children and not children[-1].tag.startswith(OVF):  # a vendor's
        vendor = children.pop()
        if vendor.get(f"{OVF}required") != "false":
            yield f"{name}: {_short(vendor)} must be marked as one that a reader may skip"
    for child, often in wanted:
        count = 0
        while children and children[0].tag == OVF + child:
            yield from _element(children.pop(0))
            count += 1
        least, most = _MOST[often]
        if not least <= count <= most:
            yield f"{name}: has {count} of {child}"
    if children:
        yield f"{name}: {_short(children[0])} must not stand there"


def _attributes(element: ET.Element, name: str) -> Iterator[str]:
    must, may = (set(words.split()) for words in _ATTRIBUTES.get(name, ("", "")))
    has = {key.removeprefix(OVF) for key in element.keys() if key.startswith(OVF)}  # noqa: SIM118  # no dict
    plain = {key for key in element.keys() if not key.startswith("{")}  # noqa: SIM118
    if must - has:
        yield f"{name}: has no {', '.join(sorted(must - has))}"
    if unknown := sorted((has - must - may) | plain):
        yield f"{name}: {', '.join(unknown)} must not stand there"


def _settings(
    element: ET.Element, space: str, once: frozenset[str], often: frozenset[str], must: tuple[str, ...]
) -> Iterator[str]:
    """The schema wants the elements of CIM's classes in the alphabet's order."""
    name = element.tag.removeprefix(OVF)
    names = [child.tag.removeprefix(space) for child in element]
    if unknown := sorted(set(names) - once - often):
        yield f"{name}: {', '.join(unknown)} must not stand there"
    if names != sorted(names):
        yield f"{name}: its elements are not in the schema's order"
    if missing := [one for one in must if one not in names]:
        yield f"{name}: has no {', '.join(missing)}"
    if twice := sorted({one for one in names if names.count(one) > 1} - often):
        yield f"{name}: {', '.join(twice)} stands there twice"
    if any(len(child) or (child.attrib and space == VSSD) for child in element):
        yield f"{name}: an element holds others"


def _short(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
