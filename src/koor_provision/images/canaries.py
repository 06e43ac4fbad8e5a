"""Everything secret that was made in the container, remembered while the disk is made, and searched for in it (R11).

The values stay in this process's memory: no command line, file or message holds one.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from koor_provision.errors import RunError
from koor_provision.images.containers import Container
from koor_provision.images.vmdk import filled_blocks

_CHUNK = 4 << 20
_COLLECT = r"""
import glob, json, re
found = {}
def keep(name, values):
    for value in values:
        if len(value) >= 16:
            found[value] = name
def read(file):
    with open(file, errors="replace") as opened:
        return opened.read()
for file in glob.glob("/etc/koor-provision/secrets/*"):
    keep(file, re.findall(r"^password *= *(.+)$", read(file), re.MULTILINE))
for pattern in ("/etc/ssh/ssh_host_*_key", "/etc/ssl/koor/*.key", "/etc/ssl/private/*.key"):
    for file in glob.glob(pattern):
        lines = read(file).splitlines()
        keep(file, lines[len(lines) // 2 : len(lines) // 2 + 2])  # not the first, which many keys share
keep("/etc/machine-id", [read("/etc/machine-id").strip()])
keep("/etc/shadow", [one for one in (line.split(":")[1] for line in read("/etc/shadow").splitlines()) if "$" in one])
print(json.dumps(found))
"""


def collect(container: Container) -> Mapping[str, str]:
    """Passwords, some of each private key, and the machine-id of the container, each with the file that it is from.

    Raises:
        RunError: there is none, so that nothing could be searched for.
    """
    said = container.run("python3", "-", given=_COLLECT.encode(), doing="remembering what must not be in the image")
    found: dict[str, str] = json.loads(said)
    if not {"/etc/machine-id"} <= set(found.values()):
        raise RunError("the container has no machine-id", where=container.name, hint="build again")
    return found


def must_not_hold(disk: Path, canaries: Mapping[str, str]) -> None:
    """Search a disk, used or not, byte by byte.

    Raises:
        RunError: it holds one of them; the message names the file that it is from, and not the value.
    """
    marks = {value.encode(): name for value, name in canaries.items()}
    overlap = max(map(len, marks), default=1) - 1
    before, last = b"", -2
    with disk.open("rb") as file:
        for number, block in filled_blocks(file, _CHUNK):
            data = (before[-overlap:] if overlap and number == last + 1 else b"") + block
            for mark, name in marks.items():
                if mark in data:
                    raise RunError(
                        f"holds what was in {name} of the container that it was made from (R11)",
                        where="the image's disk",
                        hint="something copied a secret to where nothing is sealed: find it, and name it in sealing.py",
                    )
            before, last = block, number
