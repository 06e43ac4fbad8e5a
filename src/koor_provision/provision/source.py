"""The application's archive: packed from a Git checkout, held against the order, handed to the sealed project."""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from koor_provision.errors import InputError, RefusedError, RunError
from koor_provision.models.application import Application
from koor_provision.models.text import shown
from koor_provision.provision.archive import must_unpack

PLACE = Path("roles", "application", "files", "source.tar")
"""Where the role takes it from; the checkout has a placeholder there."""
_COMMIT = "160000"
_HOW = "name the ordered archive, or the Git checkout that has its commit: --application-source PATH"


def hand_over(ordered: Application, source: Path | None, project: Path) -> None:
    """Put the ordered archive into the project that will be sealed.

    Raises:
        InputError: there is none at that path, or no such commit.
        RefusedError: it is another one than the order names, or cannot be unpacked.
    """
    if source is None:
        raise InputError("the order has the application, whose archive is not named", hint=_HOW)
    target = project / PLACE
    try:
        if (source / ".git").exists():
            if ordered.commit is None:
                raise InputError(
                    "the order names no commit of this checkout",
                    where=str(source),
                    hint="name the archive that the order's digest is of",
                )
            pack(source, ordered.commit, target)
        elif source.is_file():
            shutil.copyfile(source, target)
        else:
            raise InputError("is neither an archive nor a Git checkout", where=str(source), hint=_HOW)
    except OSError as error:
        raise RunError(
            f"the application's archive could not be copied: {error.strerror}",
            where=str(source),
            hint="the private directory lies in memory: it needs room for the whole archive",
        ) from error
    found = sha256_of(target)
    if found != ordered.sha256:
        raise RefusedError(
            f"is not the ordered archive: its SHA-256 is {found[:12]}..., the order names {ordered.sha256[:12]}...",
            where=str(source),
            hint="get the archive that was ordered, or have a new revision of the offer accepted that names this one",
        )
    must_unpack(target, source)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(checkout: Path, commit: str, target: Path) -> None:
    """Write a commit with its submodules as an archive that is the same on every machine.

    Names are sorted, and there is neither a time nor an owner in it. What is not committed is not in it.

    Raises:
        InputError: the checkout or one of its submodules does not have the commit.
        RefusedError: it holds links or what is no plain file.
    """
    entries = dict(_tree(checkout, commit, ""))
    wanted: dict[Path, list[str]] = {}
    for place, sha1 in entries.values():
        wanted.setdefault(place, []).append(sha1)
    contents = {(place, sha1): data for place, sums in wanted.items() for sha1, data in _blobs(place, sums)}
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(entries):
            data = contents[entries[name]]
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))


def _blobs(checkout: Path, sums: list[str]) -> Iterator[tuple[str, bytes]]:
    """The contents of many files by one call."""
    said = io.BytesIO(_git(checkout, "cat-file", "--batch", stdin="\n".join(sums).encode() + b"\n"))
    for sha1 in sums:
        head = said.readline().split()
        if len(head) != len(("sha1", "type", "size")) or head[1] != b"blob":
            raise InputError(
                f"lacks the object {sha1}", where=str(checkout), hint="fetch the commit whole: git fetch --unshallow"
            )
        yield sha1, said.read(int(head[2]))
        said.read(1)


def _tree(checkout: Path, commit: str, prefix: str) -> Iterator[tuple[str, tuple[Path, str]]]:
    for line in _git(checkout, "ls-tree", "-r", "-z", "--full-tree", commit).decode(errors="replace").split("\0"):
        if not line:
            continue
        about, _, name = line.partition("\t")
        mode, _, sha1 = about.split(" ")
        if mode == _COMMIT:
            yield from _tree(checkout / name, sha1, f"{prefix}{name}/")
        elif mode.startswith("100"):
            yield prefix + name, (checkout, sha1)
        else:
            raise RefusedError(
                f"holds the link {shown(prefix + name)}, which could lead outside of the site",
                where=str(checkout),
                hint="have the developers put a plain file in its place",
            )


def _git(checkout: Path, *command: str, stdin: bytes = b"") -> bytes:
    # Neither the user's configuration nor what lies in the checkout may have a say in what comes out.
    isolated = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    git = ["git", "-c", f"safe.directory={checkout.resolve()}", "-c", "core.fsmonitor=false", "-C", str(checkout)]
    done = subprocess.run(
        [*git, "--no-replace-objects", *command],
        input=stdin,
        capture_output=True,
        check=False,
        env={"PATH": os.environ.get("PATH", os.defpath), **isolated},
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["git failed"]
        raise InputError(
            f"has not everything of the commit: {shown(said[0])}",
            where=str(checkout),
            hint="fetch it with its submodules: git fetch, then git submodule update --init --recursive",
        )
    return done.stdout
