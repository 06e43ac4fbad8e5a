"""What is installed in an image: read from it, locked for the next build, and listed for scanners."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from koor_provision.errors import InputError, RunError
from koor_provision.images.containers import Container

_FORM = "${binary:Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${db:Status-Status}\\n"


@dataclass(frozen=True)
class Installed:
    """One Debian package."""

    name: str
    version: str
    architecture: str
    source: str


@dataclass(frozen=True)
class Lock:
    """What a build was made from; a second one that is held to it gives the same disk.

    Attributes:
        epoch: seconds since 1970; nothing in the image is younger.
        packages: versions by name.
    """

    image: str
    system: str
    epoch: int
    packages: Mapping[str, str]

    def text(self) -> str:
        """As it is written."""
        return json.dumps({"kind": "image-lock", **asdict(self)}, indent=1, sort_keys=True) + "\n"

    def must_hold(self, installed: Iterable[Installed]) -> None:
        """Compare with what a build installed.

        Raises:
            RunError: it installed something else.
        """
        now = {one.name: one.version for one in installed}
        wrong = sorted(name for name in {*now, *self.packages} if now.get(name) != self.packages.get(name))
        if wrong:
            told = ", ".join(
                f"{name} {now.get(name, 'missing')} (locked {self.packages.get(name, 'none')})" for name in wrong[:5]
            )
            raise RunError(
                f"{len(wrong)} package(s) are not as locked: {told}",
                hint="name a mirror that still has these (--mirror), or build without --lock for the present ones",
            )


def read_lock(path: Path, image: str, system: str) -> Lock:
    """Read a lock for this image.

    Raises:
        InputError: it cannot be read, or is another image's.
    """
    hint = "give the packages.lock of an earlier build of this spec"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        lock = Lock(data["image"], data["system"], int(data["epoch"]), dict(data["packages"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("is no lock of an image", where=str(path), hint=hint) from error
    if (lock.image, lock.system) != (image, system):
        raise InputError(f"is the lock of {lock.image} on {lock.system}", where=str(path), hint=hint)
    return lock


def installed(container: Container) -> tuple[Installed, ...]:
    """Every package that is installed there, by name.

    Raises:
        RunError: dpkg does not answer.
    """
    said = container.run("dpkg-query", "--show", f"--showformat={_FORM}", doing="listing the packages").decode()
    rows = (line.split("\t") for line in said.splitlines())
    found = (Installed(*row[:4]) for row in rows if row[4] == "installed")
    return tuple(sorted(found, key=lambda one: (one.name, one.architecture)))
