from typing import Literal

import pytest

from koor_provision.images.boot.machines import FIRMWARES, Machine, command, machines, variables_of
from koor_provision.images.release import FORMATS

DISKS = {"qcow2", "virtualbox", "vmware", "hyperv", "vagrant"}


def starts(wanted: Literal["one", "usual", "all"]) -> list[Machine]:
    return [start for one in machines(DISKS, wanted) for start in (one, *one.then)]


def test_usually_each_hypervisors_file_is_started_and_each_firmware():
    usual = machines(DISKS, "usual")
    assert [one.file for one in usual] == ["qcow2", "virtualbox", "vmware", "hyperv"]  # Vagrant's disk is VirtualBox's
    assert {one.firmware for one in usual} == set(FIRMWARES)


def test_usually_one_of_them_is_started_again_under_another_firmware():
    (again,) = (one for one in machines(DISKS, "usual") if one.then)
    assert {again.firmware, again.then[0].firmware} == {"uefi", "bios"}


def test_all_means_each_file_under_each_firmware():
    found = [(one.file, one.firmware) for one in starts("all")]
    assert sorted(found) == sorted((file, firmware) for file in DISKS - {"vagrant"} for firmware in FIRMWARES)


def test_who_is_started_again_is_so_from_its_own_file():
    assert all(later.file == one.file for one in machines(DISKS, "all") for later in one.then)


def test_one_is_one_start():
    assert len(starts("one")) == 1


def test_only_files_that_are_there_are_started():
    assert {one.file for one in machines({"vmware"}, "all")} == {"vmware"}
    assert len(machines({"hyperv", "vmware"}, "one")) == 1


def test_files_are_those_that_a_build_writes():
    assert {one.file for one in starts("all")} <= set(FORMATS)


@pytest.mark.parametrize("machine", starts("all"), ids=lambda one: one.name)
def test_a_machine_reaches_nothing_and_only_we_reach_it(machine):
    words = command(machine, "/disks/x.qcow2", "/disks/x.vars")
    nic = words[words.index("-nic") + 1]
    assert "restrict=on" in nic
    assert "hostfwd=tcp:127.0.0.1:" in nic
    assert ("if=pflash" in " ".join(words)) is (machine.firmware != "bios")
    assert bool(variables_of(machine)) is (machine.firmware != "bios")


def test_secure_boot_starts_with_vendor_keys_and_guarded_variables():
    machine = next(one for one in starts("all") if one.firmware == "secure-boot")
    words = " ".join(command(machine, "d", "v"))
    assert ".ms.fd" in variables_of(machine)
    assert "smm=on" in words
    assert "property=secure" in words
