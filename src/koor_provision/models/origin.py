"""Where a package comes from: what a repository's Release file says of itself, and whose key vouches for that."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

MOST_LETTERS = 200
SYSTEM_NAMES = frozenset({"Debian", "Debian-Security"})
"""Labels of the system's own repositories."""
SYSTEM_WORD = "debian"
RELEASES: Mapping[str, str] = {"debian12": "bookworm", "debian13": "trixie", "ubuntu22.04": "jammy"}
"""By what name the repositories of a system know it."""

_LETTERS = r"A-Za-z0-9 ._+:/~@()?"
Said = Annotated[str, StringConstraints(pattern=rf"^[{_LETTERS}-]{{0,120}}\z")]
"""What a repository says, with a question mark for each letter that has no business there."""
OriginText = Annotated[str, StringConstraints(pattern=rf"^[{_LETTERS},-]{{1,{MOST_LETTERS}}}\z")]
"""Names of repositories, parted by commas."""


def is_systems(label: str) -> bool:
    """Whether a repository claims to be of the system's makers: that is proven by their keys, and by nothing else."""
    return label.strip().lower().startswith(SYSTEM_WORD)


def _not_systems(name: str) -> str:
    if name in SYSTEM_NAMES:
        raise ValueError("is the system's own, and need not be approved")
    return name


OriginName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._+:/~@()-]{0,79}\z"), AfterValidator(_not_systems)
]
"""A repository's label, as its Release file writes it."""
