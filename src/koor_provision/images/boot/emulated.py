"""qemu in a container without a network: a copy of a disk, and a machine that is started from it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koor_provision.images.boot.console import Console
from koor_provision.images.boot.machines import PORT, Machine, command, variables_of
from koor_provision.images.containers import Container, call

_FETCH = """
import sys, urllib.error, urllib.request
try:
    with urllib.request.urlopen("http://127.0.0.1:{port}{path}", timeout=60) as answer:
        print(answer.status, answer.read(65536).decode(errors="replace"))
except urllib.error.HTTPError as error:
    print(error.code, error.read(65536).decode(errors="replace"))
except OSError:
    pass
"""


def _options(folder: Path) -> list[str]:
    return ["--network=none", f"--volume={folder}:/disks"]


@contextmanager
def copied(disk: str, tag: str, folder: Path, name: str) -> Iterator[str]:
    """A copy of a disk for the length of a block, as containers see it; only what a machine writes takes room.

    Raises:
        RunError: the disk cannot be read.
    """
    overlay = f"/disks/{name}.qcow2"
    form = disk.rpartition(".")[2]
    words = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", form, "-b", disk, overlay]
    try:
        call(["podman", "run", "--rm", *_options(folder), tag, *words], doing="making a copy of the disk")
        yield overlay
    finally:
        (folder / Path(overlay).name).unlink(missing_ok=True)


@contextmanager
def started(machine: Machine, disk: str, tag: str, folder: Path, name: str) -> Iterator[Console]:
    """The console of a machine that is started from a disk, for as long as it is looked at.

    Raises:
        RunError: podman cannot start it.
    """
    variables = f"/disks/{name}.vars"
    options = _options(folder)
    if source := variables_of(machine):
        words = ["cp", source, variables]
        call(["podman", "run", "--rm", *options, tag, *words], doing="giving the firmware its variables")
    words = ["--interactive", "--name", name, *options, tag, *command(machine, disk, variables)]
    console = Console(["podman", "run", "--rm", *words], machine.name)
    try:
        yield console
    finally:
        subprocess.run(["podman", "rm", "--force", "--time", "0", name], capture_output=True, check=False)
        console.kill()
        (folder / Path(variables).name).unlink(missing_ok=True)


def fetch(name: str, path: str) -> str:
    """Ask the web server of a machine that runs; returns status and body, or an empty text."""
    program = _FETCH.format(port=PORT, path=path).encode()
    return Container(name).run("python3", "-", given=program, doing="asking the web server").decode()
