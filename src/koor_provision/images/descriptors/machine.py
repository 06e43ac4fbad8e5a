"""The machine that descriptors ask for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """Name, size and software of the machine.

    Attributes:
        disk_bytes: size of the disk, used or not.
        used_bytes: what of it holds something.
        contents: what is installed, in words.
        version: of the image, shown to whoever imports it.
    """

    name: str
    summary: str
    system: str
    contents: tuple[str, ...]
    version: str
    cores: int
    memory_mb: int
    disk_bytes: int
    used_bytes: int
