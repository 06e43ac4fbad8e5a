"""The root tree as an archive: sealed, in a fixed order, with fixed times. The same tree gives the same bytes."""

import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from koor_provision.errors import RunError
from koor_provision.images.sealing import ACCOUNTS, sealed_accounts, stays

_READ_AGAIN = "look at what the roles left on the server; then build again"


@dataclass(frozen=True)
class Laid:
    """Something that the image has and the tree had not: a file, or with `target` a symbolic link."""

    path: str
    content: bytes = b""
    mode: int = 0o644
    target: str = ""


def seal(source: Path, sealed: Path, laid: Iterable[Laid], epoch: int, wanted: Iterable[str] = ()) -> dict[str, bytes]:
    """Write the tree that becomes the root's file system.

    Args:
        source: the tree as `podman export` wrote it.
        laid: what comes into it or takes the place of what was there.
        epoch: nothing in the image is younger.
        wanted: paths of files whose content is to be returned.

    Raises:
        RunError: an account has a password, or a wanted file is not there.
    """
    wishes = set(wanted)
    found: dict[str, bytes] = {}
    extra = {one.path: one for one in laid}
    with tarfile.open(source) as tree, tarfile.open(sealed, "w", format=tarfile.PAX_FORMAT) as image:
        members = {name: member for member in tree if (name := _name(member)) and _belongs(name, member, extra)}
        for name, member in _ordered(members, extra, epoch):
            if isinstance(member, Laid):
                image.addfile(_header(member, epoch), io.BytesIO(member.content))
                continue
            content = tree.extractfile(member) if member.isreg() else None
            data: io.BufferedIOBase | None = content  # type: ignore[assignment]  # a buffered reader of tarfile's own
            if name == ACCOUNTS and data:
                data = io.BytesIO(_accounts(data.read().decode(), epoch))
                member.size = data.getbuffer().nbytes
            if name in wishes and data:
                found[name] = data.read()
                data = io.BytesIO(found[name])
            image.addfile(_plain(member, name, epoch), data)
    if missing := wishes - found.keys():
        raise RunError(f"is not in the tree: {', '.join(sorted(missing))}", where=str(source), hint=_READ_AGAIN)
    return found


def _name(member: tarfile.TarInfo) -> str:
    return member.name.removeprefix("./").strip("/")


def _belongs(name: str, member: tarfile.TarInfo, extra: dict[str, Laid]) -> bool:
    kinds = member.isdir() or member.isreg() or member.issym() or member.islnk()  # no devices, pipes or sockets
    return kinds and name not in extra and stays(name, is_folder=member.isdir())


def _ordered(
    members: dict[str, tarfile.TarInfo], extra: dict[str, Laid], epoch: int
) -> Iterator[tuple[str, tarfile.TarInfo | Laid]]:
    """Folders first, since what lies in them needs them; second names of a file last, since they need the first."""
    folders = {name: member for name, member in members.items() if member.isdir()}
    for path in extra:
        for parent in list(Path(path).parents)[:-1]:
            folders.setdefault(str(parent), _folder(str(parent), epoch))
    yield from sorted(folders.items())
    rest: dict[str, tarfile.TarInfo | Laid] = {
        name: member for name, member in members.items() if not member.isdir() and not member.islnk()
    }
    yield from sorted({**rest, **extra}.items())
    yield from sorted((name, member) for name, member in members.items() if member.islnk() and member.linkname)


def _accounts(text: str, epoch: int) -> bytes:
    try:
        return sealed_accounts(text, epoch).encode()
    except ValueError as error:
        raise RunError(str(error), where=f"/{ACCOUNTS}", hint=_READ_AGAIN) from error


def _plain(member: tarfile.TarInfo, name: str, epoch: int) -> tarfile.TarInfo:
    """The entry without anything that only says when and by whom it was packed; extended attributes stay."""
    member.name = name
    if member.islnk():
        member.linkname = member.linkname.removeprefix("./").strip("/")
    member.mtime = min(int(member.mtime), epoch)
    member.uname = member.gname = ""
    member.pax_headers = {
        key: value for key, value in sorted(member.pax_headers.items()) if key.startswith("SCHILY.xattr.")
    }
    return member


def _folder(name: str, epoch: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type, header.mode, header.mtime = tarfile.DIRTYPE, 0o755, epoch
    return header


def _header(one: Laid, epoch: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(one.path)
    header.mode, header.mtime, header.size = one.mode, epoch, len(one.content)
    if one.target:
        header.type, header.linkname, header.size, header.mode = tarfile.SYMTYPE, one.target, 0, 0o777
    return header
