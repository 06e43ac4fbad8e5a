"""Reading a bundle of unknown origin: names and bytes, bounded, without writing or following anything."""

import os
from collections.abc import Mapping
from pathlib import Path

from koor_provision.errors import InputError, RunError
from koor_provision.evidence.archive import may_be_named, unpack
from koor_provision.evidence.manifest import MANIFEST
from koor_provision.load.files import read

MAX_FILES = 200
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_BUNDLE_BYTES = 256 * 1024 * 1024


def fails(where: str, trouble: str, hint: str = "") -> RunError:
    """What to raise where a bundle does not hold."""
    return RunError(
        trouble,
        where=where,
        hint=hint or "rely on nothing in it: ask whoever made it for the bundle as it was handed over",
    )


def read_bundle(path: Path) -> Mapping[str, bytes]:
    """The files of a bundle, a folder or an archive.

    Raises:
        InputError: there is nothing there that could be one.
        RunError: it holds what no bundle of ours does.
    """
    if path.is_dir():
        return _folder(path)
    content = read(path, str(path), limit=MAX_BUNDLE_BYTES, hint="name the evidence's folder or its .tar.gz")
    try:
        folder, files = unpack(content.data)
        if f'"plan": "{folder}"'.encode() not in files.get(MANIFEST, b""):
            raise ValueError(f"its folder is {folder}, which is not the plan of its manifest")
    except ValueError as error:
        again = "if somebody packed it anew, unpack it and verify the folder; otherwise rely on nothing in it"
        raise fails(path.name, f"is no archive of ours as it was written: {error}", again) from error
    return files


def _folder(path: Path) -> dict[str, bytes]:
    try:
        with os.scandir(path) as found:
            names = sorted(entry.name for _, entry in zip(range(MAX_FILES + 1), found, strict=False))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path), hint="check its permissions") from error
    if len(names) > MAX_FILES:
        raise fails(path.name, f"holds more than {MAX_FILES} files")
    files: dict[str, bytes] = {}
    for name in names:
        if not may_be_named(name):
            raise fails(name, "does not belong to the bundle: no file of it has such a name")
        left = MAX_BUNDLE_BYTES - sum(map(len, files.values()))
        try:
            files[name] = read(path / name, name, limit=min(MAX_FILE_BYTES, left)).data
        except InputError as error:
            raise fails(name, error.message) from error
    return files
