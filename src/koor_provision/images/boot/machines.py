"""The machines that stand in for the hypervisors: firmware, disk controller and card of each. Pure."""

from dataclasses import dataclass, replace
from typing import Literal

Firmware = Literal["bios", "uefi", "secure-boot"]
FIRMWARES: tuple[Firmware, ...] = ("bios", "uefi", "secure-boot")
PORT = 8080
_OVMF = "/usr/share/OVMF"
_PROCESSOR = "qemu64,+arat"
"""A plain one, with timers that go on while it idles: else all share another one, whose signals an emulated machine
misses when its host is busy, and it stands still."""


@dataclass(frozen=True)
class Machine:
    """One way to boot one file.

    Attributes:
        file: which of the formats.
        disk: the controller, and the disk on it.
        card: the model of the network card.
        then: what the same copy of the disk is started as afterwards: it must come up again, as what it has become.
    """

    file: str
    firmware: Firmware
    disk: str
    card: str
    then: tuple["Machine", ...] = ()

    @property
    def name(self) -> str:
        """For people and for the report."""
        return f"{self.file}, {self.firmware}, {self.disk}, {self.card}"


_DISKS = {
    "ahci": ["-device", "ide-hd,drive=root,bus=ide.0"],
    "nvme": ["-device", "nvme,drive=root,serial=koor"],
    "virtio": ["-device", "virtio-blk-pci,drive=root"],
    "pvscsi": ["-device", "pvscsi,id=scsi0", "-device", "scsi-hd,drive=root,bus=scsi0.0"],
}
# A first start makes everything, and takes three times as long as those after it.
_QCOW2_BIOS = Machine("qcow2", "bios", "virtio", "virtio-net-pci")
# Each file once as its hypervisor starts it. They hold one and the same disk, so each is a further copy of the others.
USUAL = (
    Machine("qcow2", "uefi", "virtio", "virtio-net-pci", then=(_QCOW2_BIOS,)),
    Machine("virtualbox", "bios", "ahci", "e1000"),
    Machine("vmware", "secure-boot", "nvme", "vmxnet3"),
    Machine("hyperv", "secure-boot", "ahci", "e1000e"),
)
_FURTHER = {
    "qcow2": (_QCOW2_BIOS, Machine("qcow2", "secure-boot", "virtio", "virtio-net-pci")),
    "virtualbox": (
        Machine("virtualbox", "uefi", "ahci", "e1000"),
        Machine("virtualbox", "secure-boot", "ahci", "e1000"),
    ),
    "vmware": (Machine("vmware", "uefi", "nvme", "vmxnet3"), Machine("vmware", "bios", "pvscsi", "vmxnet3")),
    "hyperv": (Machine("hyperv", "uefi", "nvme", "virtio-net-pci"), Machine("hyperv", "bios", "ahci", "rtl8139")),
}


def machines(files: set[str], wanted: Literal["one", "usual", "all"]) -> tuple[Machine, ...]:
    """Which machines to start first, of those whose file is there; each says what it is started as afterwards."""
    here = tuple(one for one in USUAL if one.file in files)
    if wanted == "one":
        return tuple(replace(one, then=()) for one in here[:1])
    return tuple(replace(one, then=_FURTHER[one.file]) for one in here) if wanted == "all" else here


def command(machine: Machine, disk: str, variables: str) -> list[str]:
    """The command line of qemu; the first serial port is its standard input and output.

    Args:
        disk: the file that is started from; it is not changed if it lies beneath an overlay.
        variables: a copy of the firmware's variables that may be written to; not used with BIOS.
    """
    words = [
        "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", _PROCESSOR, "-smp", "2", "-m", "1536",
        "-display", "none", "-no-reboot", "-serial", "stdio", "-monitor", "none",
        "-drive", f"if=none,id=root,format=qcow2,cache=unsafe,file={disk}", *_DISKS[machine.disk],
        "-nic", f"user,model={machine.card},restrict=on,hostfwd=tcp:127.0.0.1:{PORT}-:80",
        "-object", "rng-random,id=rng,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng",
    ]  # fmt: skip
    if machine.firmware == "bios":
        return [*words, "-machine", "q35"]
    code = {"uefi": "OVMF_CODE_4M.fd", "secure-boot": "OVMF_CODE_4M.ms.fd"}[machine.firmware]
    secure = ["-global", "driver=cfi.pflash01,property=secure,value=on"] if machine.firmware == "secure-boot" else []
    smm = "on" if machine.firmware == "secure-boot" else "off"
    return [
        *words, "-machine", f"q35,smm={smm}", *secure,
        "-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={_OVMF}/{code}",
        "-drive", f"if=pflash,format=raw,unit=1,file={variables}",
    ]  # fmt: skip


def variables_of(machine: Machine) -> str:
    """Where the firmware's fresh variables lie, with Microsoft's keys for Secure Boot; empty for BIOS."""
    return {
        "bios": "",
        "uefi": f"{_OVMF}/OVMF_VARS_4M.fd",
        "secure-boot": f"{_OVMF}/OVMF_VARS_4M.ms.fd",
    }[machine.firmware]
