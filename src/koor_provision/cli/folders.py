"""Which cases are meant: case folders, folders that hold cases, and patterns."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.agreements import AGREEMENT
from koor_provision.load.case import ACCEPTANCE, CONFIRMATION, OFFER, TARGETS

_DEPTH = 4
"""How far below a named folder cases are looked for."""
_MARKS = {AGREEMENT, OFFER, ACCEPTANCE, CONFIRMATION, TARGETS}


def case_folders(named: Iterable[Path]) -> list[Path]:
    """The case folders that are meant, in the order in which they are named; below a folder by name.

    A folder that holds one of a case's documents is a case, be it complete or not. Links are not followed downwards.

    Raises:
        InputError: a pattern or a folder holds no case.
    """
    found: list[Path] = []
    for path in named:
        for folder in _expanded(path):
            if not os.path.isdir(folder) or _is_case(folder):  # noqa: PTH112  # Path.is_dir raises for a closed folder
                found.append(folder)  # what is not there is said where it is read
                continue
            below = list(_below(folder, _DEPTH))
            if not below:
                raise InputError(
                    "holds no case",
                    where=str(folder),
                    hint="name a case folder or a folder of cases; `koor-provision sample DIR` makes some to look at",
                )
            found += below
    return found


def _expanded(path: Path) -> list[Path]:
    """A pattern that the shell left as it is; a folder that really has such a name is meant itself."""
    if not any(letter in str(path) for letter in "*?[") or os.path.lexists(path):
        return [path]
    from glob import glob  # noqa: PLC0415  # rarely needed

    matches = sorted(Path(match) for match in glob(str(path), recursive=True))  # noqa: PTH207  # absolute patterns too
    folders = [match for match in matches if match.is_dir()]
    if not folders:
        raise InputError("no folder matches", where=str(path), hint="check the pattern; quotes keep your shell off it")
    return folders


def _is_case(folder: Path) -> bool:
    try:
        return not _MARKS.isdisjoint(os.listdir(folder))  # noqa: PTH208  # names are all that is needed, of many folders
    except OSError:
        return True  # says so where it is read


def _below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", where=str(folder), hint="check the folder's permissions"
        ) from error
    for name in names:
        inner = folder / name
        if _is_case(inner):
            yield inner
        elif depth > 1:
            yield from _below(inner, depth - 1)
