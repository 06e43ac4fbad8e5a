# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The application's files: out of an archive, to their owner, and what was there before against what is there now."""

from __future__ import annotations

import hashlib
import lzma
import os
import shutil
import tarfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

INSTALLER = "Install"
"""Clear passwords and a re-installer that anybody may call: never part of what is served."""
OWN = ("config.php", ".htaccess")
"""Made on this server, with its passwords and its key; no version of the application brings them."""
GENERATED = ("Web/",)
"""Where the application writes programs of its own."""
DIRECTORY, FILE, PRIVATE = 0o755, 0o644, 0o640


class Refused(Exception):  # noqa: N818 - not an error of ours
    """What was asked for would lose something, or is not what it should be; nothing was changed."""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive into a new folder: plain files and directories, and nothing that leads elsewhere.

    A single directory around everything, as archives of a release have it, is left out. An archive that is not whole
    leaves nothing behind.
    """
    folder.mkdir(mode=DIRECTORY)
    try:
        with tarfile.open(archive) as tar:
            _write(tar, [(inside(member), member) for member in tar.getmembers()], folder)
    except BaseException as problem:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(problem, tarfile.TarError):
            raise Refused(f"{archive} is no archive: {problem}") from problem
        if isinstance(problem, (EOFError, zlib.error, lzma.LZMAError)):
            raise Refused(f"{archive} is cut off or damaged: {problem}") from problem
        if isinstance(problem, (FileExistsError, NotADirectoryError, IsADirectoryError)):
            name = Path(problem.filename or "").name
            raise Refused(f"{archive} holds {name} both as a file and as a folder") from problem
        if isinstance(problem, OSError):
            raise Refused(f"{archive} could not be unpacked: {problem}") from problem
        raise


def inside(member: tarfile.TarInfo) -> PurePosixPath:
    """Return where a member belongs."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
        raise Refused(f"the archive holds {member.name}, which is no plain file or leads elsewhere")
    return path


def _write(tar: tarfile.TarFile, members: list[tuple[PurePosixPath, tarfile.TarInfo]], folder: Path) -> None:
    tops = {path.parts[0] for path, _ in members if path.parts}
    around = len(tops) == 1 and not any(len(path.parts) == 1 and member.isfile() for path, member in members)
    for path, member in members:
        parts = path.parts[1:] if around else path.parts
        if not parts:
            continue
        target = folder.joinpath(*parts)
        if member.isdir():
            target.mkdir(mode=DIRECTORY, parents=True, exist_ok=True)
            continue
        target.parent.mkdir(mode=DIRECTORY, parents=True, exist_ok=True)
        source = tar.extractfile(member)
        if source is not None:
            with target.open("wb") as file:
                shutil.copyfileobj(source, file)


def walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Return everything below a folder with its name in it, sorted; links are not followed."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted((*folders, *files)):
            path = Path(place, name)
            yield str(path.relative_to(folder)), path


def manifest(folder: Path) -> dict[str, str]:
    """Return the digest of every file that a version of the application brings, without its installer."""
    return {
        name: digest(path)
        for name, path in walk(folder)
        if path.is_file() and not path.is_symlink() and name.split("/")[0] != INSTALLER and name not in OWN
    }


def give(
    folder: Path, owner: tuple[int, int], only: Collection[str] | None = None, *, pretend: bool = False
) -> list[str]:
    """Give files to their owner with the modes that they should have; return the names of what had others.

    Args:
        folder: the application's.
        owner: numbers of user and group.
        only: the names that count; without them everything does.
        pretend: only say so.
    """
    uid, gid = owner
    changed = []
    found = walk(folder) if only is None else ((name, folder / name) for name in sorted(only))
    for name, path in [("", folder), *found]:
        if path.is_symlink() or not path.exists():
            continue
        mode = DIRECTORY if path.is_dir() else PRIVATE if name in OWN else FILE
        status = path.stat()
        if (status.st_uid, status.st_gid, status.st_mode & 0o7777) != (uid, gid, mode):
            changed.append(name or ".")
            if not pretend:
                os.chown(path, uid, gid)
                path.chmod(mode)
    return changed


@dataclass
class Carried:
    """What an update took over, as far as somebody should know of it, by names.

    Attributes:
        both: changed here and by the new version, which counts.
        links: links that were made here, with what they lead to.
        programs: PHP that no version brought, which may be anybody's.
    """

    both: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)

    def notes(self) -> list[str]:
        """Return sentences about it."""
        found = []
        if self.both:
            found.append(f"changed here and by the new version, which counts: {few(self.both)}")
        if self.links:
            found.append(f"links that were made here, and stay: {few(self.links)}")
        if self.programs:
            found.append(f"programs that no version brought, and stay (find out whose they are): {few(self.programs)}")
        return found


def few(names: list[str], most: int = 10) -> str:
    """Return some of many names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def carry_over(old: Path, new: Path, before: dict[str, str], after: dict[str, str]) -> Carried:
    """Take into a new version what this server made of the old one; return what somebody should know of.

    What no version brought was made here: uploads, links, generated pages, logs. What a version brought stays as it was
    changed here, unless the new version changed it too: then the new one counts, and the old one is in the backup.

    Raises:
        Refused: a link stands for a folder in which the new version changes files.
    """
    found = Carried()
    for name, path in walk(old):
        target = new / name
        if name.split("/")[0] == INSTALLER:
            continue
        if path.is_symlink():
            _carry_link(name, path, target, before, after, found)
        elif path.is_dir():
            target.mkdir(mode=DIRECTORY, parents=True, exist_ok=True)
        elif name not in before:
            _copy(path, target)
            if name.endswith(".php") and name not in OWN and not name.startswith(GENERATED):
                found.programs.append(name)
        elif digest(path) != before[name]:
            if after.get(name) == before[name]:
                _copy(path, target)
            else:
                found.both.append(name)
    return found


def made(new: Path, old: Path, brought: dict[str, str]) -> list[str]:
    """Return what was made since a new version was put in an old one's place; logs and generated pages are no work."""
    return [
        name
        for name, path in walk(new)
        if (path.is_symlink() or not path.is_dir())
        and name not in brought
        and not name.startswith((*GENERATED, "Logs/", f"{INSTALLER}/"))
        and not os.path.lexists(old / name)
    ]


def _carry_link(
    name: str, path: Path, target: Path, before: dict[str, str], after: dict[str, str], found: Carried
) -> None:
    leads = path.readlink()
    if target.is_dir():
        changed = [one for one in before.keys() | after.keys() if one.startswith(f"{name}/")]
        if any(before.get(one) != after.get(one) for one in changed):
            raise Refused(
                f"{name} is a link here (to {leads}), and the new version changes files in the folder of that name: "
                "put a folder in the link's place, with what it leads to"
            )
        shutil.rmtree(target)
    elif os.path.lexists(target):
        if after.get(name) != before.get(name):
            found.both.append(name)
            return
        target.unlink()
    target.parent.mkdir(mode=DIRECTORY, parents=True, exist_ok=True)
    target.symlink_to(leads)
    status = path.lstat()
    os.chown(target, status.st_uid, status.st_gid, follow_symlinks=False)
    found.links.append(f"{name} (to {leads})")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=DIRECTORY, parents=True, exist_ok=True)
    shutil.copy2(source, target)
