"""Documents of a case that are counted (mails/004.eml): nobody's number is taken twice, whoever else is at it."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from koor_provision.load.intake import next_number
from koor_provision.write import write_new


class Numbered(NamedTuple):
    """What is to be filed under the next free number.

    Attributes:
        kinds: what to write, by how the name ends (eml, yml).
        to_do: what is to be done with it; `{}` stands for the name of the .yml.
    """

    folder: str
    kinds: Mapping[str, bytes]
    to_do: str

    def names(self, case: Path) -> list[str]:
        """The names that are free now."""
        number = next_number(case, self.folder)
        return [f"{self.folder}/{number}.{kind}" for kind in self.kinds]

    def write(self, case: Path) -> list[str]:
        """Write it, within `locked`; returns the names.

        Raises:
            InputError: the number was taken meanwhile, or the folder cannot be written.
        """
        names = self.names(case)
        (case / self.folder).mkdir(exist_ok=True)
        for name, data in zip(names, self.kinds.values(), strict=True):
            write_new(case / name, data)
        return names


@contextmanager
def locked(case: Path) -> Iterator[None]:
    """Nobody else files anything into the case meanwhile.

    Where the file system knows no such lock, names are still created by one only (see `write_new`).
    """
    descriptor = os.open(case, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
