"""What is installed in an image: read from it, locked for the next build, and listed for scanners."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from koor_provision.errors import InputError, RunError
from koor_provision.images.containers import Container

_FORM = "${binary:Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${db:Status-Status}\\n"

_KIND = "image-lock"
_MOST_BYTES = 1 << 20
_EARLIEST, _LATEST = 315_532_800, 4_102_444_800  # 1980, before which zip has no time, and 2100
_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]{0,99}(:[a-z0-9]+)?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:~-]{0,199}")


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
        components: what the spec ordered, with its options.
    """

    image: str
    system: str
    epoch: int
    packages: Mapping[str, str]
    components: Sequence[Mapping[str, Any]] = ()

    def text(self) -> str:
        """As it is written."""
        return json.dumps({"kind": _KIND, **asdict(self)}, indent=1, sort_keys=True) + "\n"

    def is_sound(self) -> bool:
        """Whether what was read is what a build writes: names, versions, a moment that a date can be made of."""
        packages = self.packages if isinstance(self.packages, dict) else {}
        return (
            isinstance(self.epoch, int)
            and _EARLIEST <= self.epoch <= _LATEST
            and isinstance(self.image, str)
            and isinstance(self.system, str)
            and isinstance(self.components, list)
            and bool(packages)
            and all(isinstance(version, str) and _NAME.fullmatch(name) and _VERSION.fullmatch(version)
                    for name, version in packages.items())
        )  # fmt: skip

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


def read_lock(path: Path, wanted: Lock) -> Lock:
    """Read a lock for an image.

    Args:
        wanted: image, system and components that it must be the lock of.

    Raises:
        InputError: it cannot be read, or is another image's.
    """
    hint = "give the packages.lock of an earlier build of this spec; spec.yml beside it is that build's"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("too large")
        data = json.loads(path.read_text(encoding="utf-8"))
        lock = Lock(*(data[name] for name in ("image", "system", "epoch", "packages", "components")))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("is no lock of an image", where=str(path), hint=hint) from error
    if data.get("kind") != _KIND or not lock.is_sound():
        raise InputError("is no lock of an image", where=str(path), hint=hint)
    if (lock.image, lock.system) != (wanted.image, wanted.system):
        raise InputError(f"is the lock of {lock.image} on {lock.system}", where=str(path), hint=hint)
    if lock.components != wanted.components:
        raise InputError("is the lock of other components, or of other options of them", where=str(path), hint=hint)
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
