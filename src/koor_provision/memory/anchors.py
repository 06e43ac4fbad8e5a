"""Trust anchors: the CTO's keys, as the user compared them with the CTO.

One company, whose folder may lie anywhere; and samples, whose keys lie beside them for everybody to read, and which
therefore count for the very folder that they were written to and for no other.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import Field

from koor_provision.errors import RefusedError
from koor_provision.memory.places import anchors_file, load, locked, save
from koor_provision.models.base import Fingerprint, Model, Moment

MemoryId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}\z")]


class Anchor(Model):
    """Whom to trust.

    Attributes:
        memory: names the file of what was seen since; also the salt of what stands there for a customer.
    """

    keys: Annotated[tuple[Fingerprint, ...], Field(min_length=1, max_length=8)]
    enrolled: Moment
    memory: MemoryId


class Anchors(Model):
    """All anchors of this user."""

    company: Anchor | None = None
    samples: dict[str, Anchor] = Field(default_factory=dict)

    def of(self, folder: Path) -> Anchor:
        """The anchor that a company's folder is judged by.

        Raises:
            RefusedError: there is none. Nothing is trusted because it is there first.
        """
        anchor = self.samples.get(place(folder)) or self.company
        if anchor is None:
            raise RefusedError(
                "this machine does not know yet whose key the company's documents rest on",
                where=str(folder),
                hint="ask the CTO, in person or by phone, for their key's fingerprint, and record it once: "
                f"koor-provision trust {folder}",
            )
        return anchor

    def is_sample(self, folder: Path) -> bool:
        """Whether the folder was written by `koor-provision sample`, here and by this user."""
        return place(folder) in self.samples


def place(folder: Path) -> str:
    """Where a folder really lies."""
    return os.path.realpath(folder)


def new_memory_id() -> MemoryId:
    """A name that no memory had before."""
    return secrets.token_hex(8)


def anchors() -> Anchors:
    """Read them.

    Raises:
        RefusedError: the file is damaged.
    """
    path = anchors_file()
    restore = "restore it from your backup, or move it away and run: koor-provision trust DIR"
    return load(path, Anchors, restore) or Anchors()


def change_anchors(change: Callable[[Anchors], Anchors]) -> None:
    """Change them.

    Raises:
        InputError: they cannot be written.
        RefusedError: the file is damaged.
    """
    path = anchors_file()
    with locked(path):
        save(path, change(anchors()))
