"""Whether the application's archive can be unpacked: looked at here, since a server would only find it out half way."""

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from koor_provision.errors import RefusedError
from koor_provision.models.text import shown

_BROKEN = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError)


def must_unpack(archive: Path, source: Path) -> None:
    """See that an archive is whole, holds plain files and folders only, and is an application.

    Args:
        archive: where it lies.
        source: what the user calls it.

    Raises:
        RefusedError: it is not.
    """
    try:
        with tarfile.open(archive) as tar:
            problem = _problem([(member.name, member.isfile(), member.isdir()) for member in _members(tar)])
    except _BROKEN as error:
        problem = f"is no whole archive: {shown(str(error))}"
    if problem:
        raise RefusedError(
            problem,
            where=str(source),
            hint="have it packed anew (koor-provision pack), and a new revision of the offer accepted that names it",
        )


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        yield member
        if (content := tar.extractfile(member) if member.isfile() else None) is not None:
            while content.read(1 << 20):
                pass  # to the end: a disk may have lost the last part of it


def _problem(members: list[tuple[str, bool, bool]]) -> str:
    files: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    for name, is_file, is_folder in members:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not (is_file or is_folder):
            return f"holds {shown(name)}, which is no plain file or leads elsewhere"
        (files if is_file else folders).add(path)
        folders.update(path.parents)
    if both := sorted(map(str, files & folders)):
        return f"holds {shown(both[0])} both as a file and as a folder"
    # One folder around everything, as archives of a release have it, is left out.
    tops = {path.parts[0] for path in files | folders if path.parts}
    around = len(tops) == 1 and not any(len(path.parts) == 1 for path in files)
    index = PurePosixPath(next(iter(tops)), "index.php") if around else PurePosixPath("index.php")
    return "" if index in files else "holds no index.php at its top, so it is not the application"
