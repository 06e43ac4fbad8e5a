"""What is laid into the tree when it is sealed: units of the first boot, network, boot menu, mounts, names."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from koor_provision.images.layout import Layout
from koor_provision.images.tree import Laid

CORE, BOOT_IMG = "boot/grub/i386-pc/core.img", "usr/lib/grub/i386-pc/boot.img"
SHIM, MOK_MANAGER = "usr/lib/shim/shimx64.efi.signed", "usr/lib/shim/mmx64.efi.signed"
GRUB = "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"
LOADERS = (CORE, BOOT_IMG, SHIM, MOK_MANAGER, GRUB)
"""Files of the tree that disk and ESP are made from."""

_FILES = Path(__file__).parent / "files"
_PROGRAMS = "usr/local/lib/koor-image/"
_UNITS = "/usr/lib/systemd/system/"
_OURS = "/etc/systemd/system/"
_WANTED = {
    "multi-user.target.wants/koor-first-boot.service": _OURS,
    "multi-user.target.wants/koor-first-accounts.service": _OURS,
    "multi-user.target.wants/koor-clock.path": _OURS,
    "multi-user.target.wants/koor-clock.service": _OURS,
    "multi-user.target.wants/koor-loader.service": _OURS,
    "multi-user.target.wants/koor-notice.path": _OURS,
    # What `systemctl enable systemd-networkd` does; in the container where the roles ran that takes the network away.
    "multi-user.target.wants/systemd-networkd.service": _UNITS,
    "sockets.target.wants/systemd-networkd.socket": _UNITS,
    "network-online.target.wants/systemd-networkd-wait-online.service": _UNITS,
    "sysinit.target.wants/systemd-network-generator.service": _UNITS,
}
_CONSOLES = "console=ttyS0,115200 console=tty0"
"""Messages go to the screen and, where there is one, to the first serial port."""
_TIMEOUT = 2


@dataclass(frozen=True)
class FirstBoot:
    """What an image does when it wakes up: the program, and its jobs."""

    program: bytes
    jobs: bytes


def overlay(layout: Layout, first_boot: FirstBoot, hostname: str, sources: str) -> Iterator[Laid]:
    """Everything that is laid.

    Args:
        sources: where the machine gets Debian's updates from, as apt's sources.list.
    """
    for file in sorted(_FILES.rglob("*")):
        if file.is_file():
            path = str(file.relative_to(_FILES))
            yield Laid(path, file.read_bytes(), 0o755 if path.startswith(_PROGRAMS) else 0o644)
    for link, folder in _WANTED.items():
        yield Laid(f"etc/systemd/system/{link}", target=folder + link.partition("/")[2])
    yield Laid("etc/systemd/system/dbus-org.freedesktop.network1.service", target=f"{_UNITS}systemd-networkd.service")
    yield Laid("etc/resolv.conf", target="../run/systemd/resolve/stub-resolv.conf")
    # Empty and not missing: systemd makes a new one at each machine's first boot.
    yield Laid("etc/machine-id", mode=0o444)
    yield Laid("etc/hostname", f"{hostname}\n".encode())
    yield Laid("etc/hosts", _HOSTS.format(hostname=hostname).encode())
    yield Laid("etc/apt/sources.list", sources.encode())
    yield Laid("etc/fstab", _FSTAB.format(root=layout.root_uuid, esp=layout.esp_mount).encode())
    yield Laid(
        "boot/grub/grub.cfg",
        _GRUB_CFG.format(root=layout.root_uuid, kernel=f"quiet {_CONSOLES}", timeout=_TIMEOUT).encode(),
    )
    yield Laid("etc/default/grub.d/koor.cfg", _GRUB_SETTINGS.encode())
    yield Laid("var/lib/koor-image/first-boot.pyz", first_boot.program, 0o600)
    yield Laid("var/lib/koor-image/jobs.json", first_boot.jobs, 0o600)


def esp_grub_cfg(layout: Layout) -> str:
    """The menu of the signed GRUB on the ESP: it only leads to the one on the root."""
    return f"search.fs_uuid {layout.root_uuid} root\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n"


def core_cfg(layout: Layout) -> str:
    """What the core for BIOS does first."""
    return f"search.fs_uuid {layout.root_uuid} root\nset prefix=($root)/boot/grub\n"


CORE_MODULES = (
    "biosdisk", "part_gpt", "ext2", "search", "search_fs_uuid", "search_fs_file", "search_label", "normal",
    "configfile", "linux", "gzio", "echo", "test", "true", "sleep", "ls", "cat", "halt", "reboot", "minicmd", "loadenv",
    "gettext", "all_video", "video", "font", "gfxterm", "terminal", "serial",
)  # fmt: skip
"""All that our menu needs, and the one that update-grub makes in its place when a kernel comes or goes: the core reads
no module from the disk, where there is none."""

_HOSTS = "127.0.0.1\tlocalhost\n127.0.1.1\t{hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n"
_FSTAB = "UUID={root} / ext4 errors=remount-ro,x-systemd.growfs 0 1\nUUID={esp} /boot/efi vfat umask=0077,nofail 0 2\n"
# Debian's kernel packages keep the two links to the newest kernel and the one before, so nothing here needs an update.
_GRUB_CFG = """\
# Laid by koor-provision.
set timeout={timeout}
set default=0
search --no-floppy --fs-uuid --set=root {root}
menuentry "Debian" {{
    linux /vmlinuz root=UUID={root} ro {kernel}
    initrd /initrd.img
}}
menuentry "Debian, the kernel before" {{
    linux /vmlinuz.old root=UUID={root} ro {kernel}
    initrd /initrd.img.old
}}
"""
# Read by update-grub, which Debian's kernel packages call, so that the menu it makes boots as ours does. No
# GRUB_DISTRIBUTOR: with one, updates of shim would run grub-install, and the loaders here are koor-loader's.
_GRUB_SETTINGS = f"""\
# Laid by koor-provision: what update-grub puts into the boot menu.
GRUB_DEFAULT=0
GRUB_TIMEOUT={_TIMEOUT}
GRUB_CMDLINE_LINUX_DEFAULT=quiet
GRUB_CMDLINE_LINUX="{_CONSOLES}"
GRUB_TERMINAL=console
GRUB_DISABLE_SUBMENU=true
GRUB_DISABLE_RECOVERY=true
GRUB_DISABLE_OS_PROBER=true
"""
