"""From a container in which the roles ran to a disk."""

from pathlib import Path

from koor_provision.images.compose import compose
from koor_provision.images.containers import Container, call
from koor_provision.images.layout import Layout
from koor_provision.images.overlay import CORE, CORE_MODULES, LOADERS, FirstBoot, core_cfg, overlay
from koor_provision.images.tree import seal


def export(container: Container, layout: Layout, folder: Path) -> Path:
    """Stop what runs in the container and take its tree out, with the core of the boot loader for BIOS in it.

    Raises:
        RunError: it cannot be had.
    """
    doing = "making the boot loader for BIOS"
    container.run(
        "sh", "-c", f"mkdir -p /$(dirname {CORE}) && cat >/run/core.cfg", given=core_cfg(layout).encode(), doing=doing
    )
    # With the image's own GRUB: its tools and its modules must be of one version.
    container.run(
        "grub-mkimage",
        "--format=i386-pc",
        "--config=/run/core.cfg",
        "--prefix=/boot/grub",
        f"--output=/{CORE}",
        *CORE_MODULES,
        doing=doing,
    )
    call(["podman", "stop", "--time", "60", container.name], doing="stopping the container")
    tree = folder / "tree.tar"
    call(["podman", "export", "--output", tree, container.name], doing="taking the tree out of the container")
    return tree


def bake(tree: Path, tools: Container, layout: Layout, first_boot: FirstBoot, sources: str, epoch: int) -> Path:
    """Seal the tree and make the disk; returns `disk.raw`, which lies beside the tree.

    Args:
        sources: the machine's sources.list.

    Raises:
        RunError: something in the tree must not be in an image, or a tool failed.
    """
    folder = tree.parent
    sealed = folder / "sealed.tar"
    laid = overlay(layout, first_boot, layout.name, sources)
    loaders = seal(tree, sealed, laid, epoch, LOADERS)
    tree.unlink()
    return compose(tools, folder, layout, loaders, epoch)
