from dataclasses import replace
from xml.etree import ElementTree as ET  # reads what the test itself made

import pytest

from koor_provision.images.boot.schema import schema
from koor_provision.images.descriptors.hyperv import import_script
from koor_provision.images.descriptors.machine import Machine
from koor_provision.images.descriptors.ovf import manifest
from koor_provision.images.descriptors.virtualbox import virtualbox
from koor_provision.images.descriptors.vmware import vmware

RASD = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"
ENVELOPE = "{http://schemas.dmtf.org/ovf/envelope/1}"
VMW = "{http://www.vmware.com/schema/ovf}"
GIB = 2**30
# DSP8023 1.1: the sections of an envelope and of a system, in the order in which the schema takes them.
SECTIONS = ["References", "DiskSection", "NetworkSection", "VirtualSystem"]
SYSTEM = ["Info", "Name", "ProductSection", "OperatingSystemSection", "VirtualHardwareSection"]


@pytest.fixture
def machine():
    return Machine("koor-default", "Debian & <more>", "Debian 13", ("php 8.4",), "abc", 10, 32_768, 20 * GIB, GIB)


@pytest.fixture(params=[virtualbox, vmware], ids=["virtualbox", "vmware"])
def text(request, machine):
    return request.param(machine, "koor-default-disk1.vmdk", 4711)


def test_a_descriptor_is_as_the_schema_wants_it(text):
    assert list(schema(text.encode())) == []


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("<rasd:InstanceID>1<", "<rasd:Weight>1</rasd:Weight><rasd:InstanceID>1<", "schema's order"),
        ("<rasd:InstanceID>2<", "<rasd:InstanceID>1<", "one InstanceID"),
        ("<rasd:Parent>3<", "<rasd:Parent>33<", "hangs on one that is not there"),
        ("<rasd:ResourceType>10</rasd:ResourceType>", "", "has no ResourceType"),
        ("<rasd:Parent>", "<rasd:Parent>1</rasd:Parent><rasd:Parent>", "stands there twice"),
        ("rasd:Caption", "rasd:Kaption", "Kaption must not stand there"),
        ("<Info>One machine</Info>", "", "has 0 of Info"),
        ("<Info>One machine</Info>", "<Bogus/>", "Bogus must not stand there"),
        ("    <Name>koor-default</Name>\n", "", ""),
        (' ovf:diskId="vmdisk1"', "", "has no diskId"),
        (' ovf:diskId="vmdisk1"', ' ovf:diskId="vmdisk1" ovf:color="x"', "color must not stand there"),
        ("</References>", "</References><References/>", "has 2 of References"),
        ('ovf:required="false"', 'ovf:required="true"', "may skip"),
    ],
)
def test_each_mistake_in_a_descriptor_is_found(text, before, after, complaint):
    assert before in text
    found = list(schema(text.replace(before, after).encode()))
    assert any(complaint in one for one in found) if complaint else not found


def test_a_descriptor_with_declarations_of_its_own_is_not_read(text):
    with pytest.raises(ValueError, match="DOCTYPE"):
        list(schema(text.replace("<Envelope", "<!DOCTYPE x><Envelope").encode()))


def test_sections_stand_in_the_schemas_order(text):
    root = ET.fromstring(text)  # noqa: S314
    assert [one.tag.removeprefix(ENVELOPE) for one in root] == SECTIONS
    assert [one.tag.removeprefix(ENVELOPE) for one in root[3]] == SYSTEM


def test_every_item_has_an_identity_of_its_own_and_hangs_on_one_that_is_there(text):
    items = ET.fromstring(text).findall(f".//{ENVELOPE}Item")  # noqa: S314
    identities = [item.findtext(f"{RASD}InstanceID") for item in items]
    assert len(set(identities)) == len(identities) == 5
    assert {item.findtext(f"{RASD}Parent") for item in items} - {None} <= set(identities)


def test_vmware_is_asked_for_secure_boot_by_settings_that_any_reader_may_ignore(machine):
    settings = ET.fromstring(vmware(machine, "x.vmdk", 1)).findall(f".//{VMW}Config")  # noqa: S314
    values = {one.get(f"{VMW}key"): one.get(f"{VMW}value") for one in settings}
    assert values["firmware"] == "efi"
    assert values["bootOptions.efiSecureBootEnabled"] == "true"
    assert {one.get(f"{ENVELOPE}required") for one in settings} == {"false"}


def test_virtualbox_finds_its_controller_by_name(machine):
    items = ET.fromstring(virtualbox(machine, "x.vmdk", 1)).findall(f".//{ENVELOPE}Item")  # noqa: S314
    controller = next(item for item in items if item.findtext(f"{RASD}ResourceType") == "20")
    assert (controller.findtext(f"{RASD}Caption") or "").startswith("sataController")


def test_the_manifest_names_each_file_with_its_sum():
    assert manifest({"a.ovf": "1" * 64}) == f"SHA256(a.ovf)= {'1' * 64}\n"


def test_the_import_script_has_balanced_braces_and_ends_its_lines_as_windows_does(machine):
    script = import_script(machine, "koor-default.vhdx")
    assert script.count("{") == script.count("}")
    assert script.count("\n") == script.count("\r\n")
    assert '"koor-default.vhdx"' in script
    assert "[int] $Processors = 10" in script
    assert "[int] $MemoryMB = 32768" in script


def test_a_summary_cannot_end_the_scripts_comment(machine):
    script = import_script(replace(machine, summary="Good #> Start-Process calc <# day"), "x.vhdx")
    assert script.count("#>") == 1
    assert script.startswith("\ufeff<#\r\n")
