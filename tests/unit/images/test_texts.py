from dataclasses import replace

from koor_provision.images.descriptors.machine import Machine
from koor_provision.images.texts import configuration, reproducing

MACHINE = Machine("web", "A machine.", "Debian 13", ("PHP",), "1", 4, 4096, 20 * 2**30, 2**30)


def test_a_machine_below_the_system_requirements_is_called_so():
    said = "asks for less than the system requirements"
    assert said not in configuration(MACHINE, [], (4, 4096), sample=False)
    assert said in configuration(replace(MACHINE, cores=2), [], (4, 4096), sample=False)


def test_what_to_type_for_the_same_image_names_what_is_in_the_folder():
    text = reproducing("packages.lock", "spec.yml", "0" * 64, {"qcow2": "web.qcow2"})
    assert "--company COMPANY --spec spec.yml --lock packages.lock --format qcow2 --out AGAIN" in text
    assert "AGAIN/web.qcow2 disk.raw" in text
    assert "hyperv" not in text


def test_without_a_file_that_qemu_reads_the_disk_itself_is_kept():
    text = reproducing("packages.lock", "spec.yml", "0" * 64, {"vmware": "web-vmware.ova"})
    assert "--keep-disk" in text
    assert "qcow2" not in text
