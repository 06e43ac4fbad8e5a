"""The trees that are made from Debian's packages alone: the base of an image, and the tools that compose disks."""

import hashlib
import io
import json
import re
import secrets
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from koor_provision.errors import RunError
from koor_provision.images.containers import call, has, imported
from koor_provision.models.origin import RELEASES
from koor_provision.models.software import System

_COMMON = (
    "ca-certificates", "dbus", "dosfstools", "e2fsprogs", "grub-common", "grub-efi-amd64-signed", "grub-pc-bin",
    "hyperv-daemons", "initramfs-tools", "iproute2", "iputils-ping", "kmod", "less", "linux-image-amd64", "nano",
    "open-vm-tools", "openssh-server", "procps", "python3", "python3-apt", "shim-signed", "sudo", "systemd",
    "systemd-resolved", "systemd-sysv", "systemd-timesyncd", "udev", "zstd",
)  # fmt: skip
PACKAGES: dict[System, tuple[str, ...]] = {"debian12": _COMMON, "debian13": (*_COMMON, "systemd-repart")}
"""What a machine needs to boot on any of the hypervisors and to be looked after; the order's software is the roles'."""

TOOLS = (
    "dosfstools", "e2fsprogs", "fdisk", "gdisk", "libarchive13t64", "mtools", "ovmf", "python3", "qemu-system-x86",
    "qemu-utils",
)  # fmt: skip
"""Debian 13's: file systems are the same every time only since e2fsprogs 1.47.1."""

_LEAVE_OUT = (
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/locale/*",
    "path-include=/usr/share/locale/locale.alias",
)
_EVERY_DRIVER = (
    'mkdir -p "$1/etc/initramfs-tools/conf.d" && echo MODULES=most >"$1/etc/initramfs-tools/conf.d/koor.conf"'
)
_NO_SYNC = 'mkdir -p "$1/etc/dpkg/dpkg.cfg.d" && echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/koor-build"'
"""A build that is cut off is thrown away, so dpkg need not wait for the disk."""
_OPTIONS = re.compile(r"(?<=^deb )\[[^\]]*\] *")
_ADMIN = 'chroot "$1" useradd --create-home --shell /bin/bash --groups sudo,adm koor'

_LONG_PASSWORDS = r'''sed -i '/^password.*pam_unix\.so/s/$/ minlen=12/' "$1/etc/pam.d/common-password"'''
"""In the place where pam-auth-update keeps what was added."""
_LIBRARIES = (
    """chroot "$1" sh -c 'dpkg-query --show --showformat "\\${Section} \\${Package}\\n" | """
    """sed -n "s/^\\(old\\)\\{0,1\\}libs //p" | xargs apt-mark auto >/dev/null'"""
)
"""mmdebstrap marks all of the base as wanted; a library is, as long as something needs it."""


def make_base(system: System, target: Path, epoch: int, pins: Mapping[str, str], mirror: Sequence[str]) -> None:
    """Make the base of an image: an archive of its tree.

    Args:
        epoch: the time that everything gets which is made here.
        pins: versions that the packages must have, by name; empty for the present ones.
        mirror: where to get packages, as mmdebstrap takes it; empty for its default.

    Raises:
        RunError: the mirror cannot be reached, or does not have these versions.
    """
    hooks = [
        f"--setup-hook={_EVERY_DRIVER}",
        f"--setup-hook={_NO_SYNC}",
        *(f"--customize-hook={hook}" for hook in (_ADMIN, _LONG_PASSWORDS, _LIBRARIES)),
    ]
    if pins:
        preferences = target.with_name("koor-lock")
        preferences.write_text(preference_file(pins), encoding="ascii")
        hooks.insert(0, '--setup-hook=mkdir -p "$1/etc/apt/preferences.d"')
        hooks.insert(1, f'--setup-hook=cp "{preferences}" "$1/etc/apt/preferences.d/koor-lock"')
    call(
        [
            "mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES[system])}",
            *(f"--dpkgopt={option}" for option in _LEAVE_OUT), *hooks, RELEASES[system], target, *mirror,
        ],
        doing="making the base from Debian's packages",
        environment={"SOURCE_DATE_EPOCH": str(epoch)},
    )  # fmt: skip


def own_sources(system: System) -> str:
    """The sources.list of a system whose packages come from Debian itself, as mmdebstrap writes it; nothing is fetched.

    An image gets this one whatever it was built from: a mirror of the build is nobody else's, and may have no updates.

    Raises:
        RunError: mmdebstrap has none.
    """
    empty = call(
        ["mmdebstrap", "--variant=custom", "--skip=update", "--format=tar", RELEASES[system], "-"],
        doing="asking where Debian's packages come from",
    )
    with tarfile.open(fileobj=io.BytesIO(empty)) as tree:
        file = tree.extractfile("./etc/apt/sources.list")
        said = file.read().decode() if file else ""
    # Some hosts need the keyring's place in it; in the image apt has the same keys anyhow.
    text = "".join(f"{_OPTIONS.sub('', line).strip()}\n" for line in said.splitlines() if line.strip())
    if f" {RELEASES[system]}-security " not in text:
        raise RunError(
            "mmdebstrap knows no security updates of this system", hint="install a newer mmdebstrap, and build again"
        )
    return text


def preference_file(pins: Mapping[str, str]) -> str:
    """What tells apt to take exactly these versions, of whatever the mirror has."""
    return "".join(
        f"Package: {name}\nPin: version {version}\nPin-Priority: 1001\n\n" for name, version in sorted(pins.items())
    )


def tools_image(folder: Path, mirror: Sequence[str]) -> str:
    """The image with the tools, made where podman has none yet; returns its name.

    Raises:
        RunError: the mirror cannot be reached.
    """
    recipe = hashlib.sha256(json.dumps([TOOLS, list(mirror)]).encode()).hexdigest()[:12]
    tag = f"localhost/koor-image-tools:{recipe}"
    if not has(tag):
        tree = folder / "tools.tar"
        call(
            ["mmdebstrap", "--variant=apt", f"--include={','.join(TOOLS)}", RELEASES["debian13"], tree, *mirror],
            doing="making the tools from Debian's packages",
        )
        fresh = f"{tag}-{secrets.token_hex(4)}"  # another build may make them at the same time
        with imported(tree, fresh):
            call(["podman", "tag", fresh, tag], doing="naming the tools")
        tree.unlink()
    return tag
