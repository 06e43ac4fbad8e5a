"""What lies in a case folder besides its documents: what people and this program keep there, and what nobody knows."""

import re
from pathlib import Path
from typing import NamedTuple

from koor_provision.errors import InputError
from koor_provision.load.files import MAX_PLAN_BYTES, is_file, names_in, read
from koor_provision.load.words import ADDITIONS, AGREEMENTS, MAILS, PAPERS

EVIDENCE = "evidence"
"""Where a run leaves its evidence by default. That is the customer's, and whoever hands it over looks into it."""
MAINTENANCE = "maintenance"
"""Where the reports of the yearly maintenance lie, a folder a day (R14)."""
_FOLDERS = frozenset({MAILS, PAPERS, ADDITIONS, AGREEMENTS, EVIDENCE, MAINTENANCE})
_README = re.compile(r"README(\.(md|txt))?", re.ASCII)
_PLAN_OR_INVENTORY = re.compile(r"^(kind: plan|all:.*)$", re.MULTILINE)
"""They may have any name; a line of theirs tells them."""
_OF_NO_TEXT = frozenset({".git", ".gitignore", ".gitattributes", ".DS_Store"})
_EDITORS = re.compile(r"\.(.+)\.sw[a-p]|\.#(.+)|#(.+)#|(.+)~|\.(.+)\.[a-z0-9_]{8}", re.ASCII)
"""What an editor, or this program while it writes, keeps beside a file."""


class Besides(NamedTuple):
    """The texts that were read, by name, and the names of what does not belong there."""

    texts: dict[str, str]
    strays: tuple[str, ...]


def besides(folder: Path, documents: frozenset[str]) -> Besides:
    """Look through a case folder.

    Args:
        documents: the names that its documents may have.

    Raises:
        InputError: something in it cannot be looked at.
    """
    known = {*documents, *(f"{name}.sig" for name in documents)}
    rest = [name for name in names_in(folder, str(folder), follow=True) if name not in known | _FOLDERS | _OF_NO_TEXT]
    texts = {name: text for name in rest if (text := _text(folder, name)) is not None}
    known |= texts.keys() | {f"{name}.sig" for name in texts}
    return Besides(texts, tuple(name for name in rest if name not in known and not _is_copy(name, known)))


def _text(folder: Path, name: str) -> str | None:
    """The text of a note, an inventory or a plan; None for anything else."""
    note = bool(_README.fullmatch(name))
    if not (note or name.endswith(".yml")) or not is_file(folder / name, name):
        return None
    try:
        text = read(folder / name, name, limit=MAX_PLAN_BYTES).data.decode("utf-8", errors="replace")
    except InputError:
        return None
    return text if note or _PLAN_OR_INVENTORY.search(text) else None


def _is_copy(name: str, known: set[str]) -> bool:
    match = _EDITORS.fullmatch(name)
    return match is not None and not known.isdisjoint(match.groups())
