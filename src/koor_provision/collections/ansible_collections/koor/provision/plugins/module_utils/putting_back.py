# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Putting back what was kept before a run, in place of what the run left."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import stat
import tarfile
from collections.abc import Iterable

from ansible_collections.koor.provision.plugins.module_utils.kept import (
    BASE,
    BEFORE,
    CONTENTS,
    UNDONE,
    Entries,
    Entry,
    Odd,
    load,
    read_entries,
    save_json,
    scan,
    sync,
)


def put_back(run: str, restored: list[str], base: str = BASE, root: str = "") -> list[str]:
    """Bring paths back to what was kept; returns those that were not so already.

    Raises:
        Odd: one was not kept.
    """
    folder = f"{base}/{run}"
    entries = read_entries(load(f"{folder}/{BEFORE}")["entries"])
    if unknown := [path for path in restored if path not in entries]:
        raise Odd(f"nothing was kept of {', '.join(unknown)}")
    todo = [path for path in sorted(restored) if not is_as(path, entries[path], root)]
    with tarfile.open(f"{folder}/{CONTENTS}") as archive:
        names = set(archive.getnames())
        plain = [path for path in todo if stat.S_ISREG(entries[path].mode)]
        if lost := [path for path in plain if path.lstrip("/") not in names]:
            raise Odd(f"the content was not kept of {', '.join(lost)}")
        for path in todo:
            _lay(path, entries, archive, root)
    return todo


def is_as(path: str, one: Entry, root: str) -> bool:
    """Tell whether a path is what it was."""
    now = scan_one(path, root)
    return now is not None and now.key == one.key


def scan_one(path: str, root: str) -> Entry | None:
    """Describe one path and nothing below it."""
    if not os.path.lexists(root + path):
        return None
    return scan([path], root).get(path) if not os.path.isdir(root + path) else _folder(path, root)


def _folder(path: str, root: str) -> Entry:
    seen = os.lstat(root + path)
    text = os.readlink(root + path) if stat.S_ISLNK(seen.st_mode) else ""
    return Entry(seen.st_mode, seen.st_uid, seen.st_gid, text, [])


def _lay(path: str, entries: Entries, archive: tarfile.TarFile, root: str) -> None:
    """Put one path in place, at once; what lies there and is of another kind goes first."""
    one, here = entries[path], root + path
    parent = os.path.dirname(path)
    if parent in entries and not os.path.isdir(root + parent):
        _lay(parent, entries, archive, root)
    if stat.S_ISDIR(one.mode):
        if not os.path.isdir(here) or os.path.islink(here):
            remove(here)
            os.mkdir(here)
        give(here, one)
        return
    if os.path.isdir(here) and not os.path.islink(here):
        raise Odd(f"{path} is a folder now, and was a file: look at it by hand")
    beside = os.path.join(os.path.dirname(here), f".koor-{os.path.basename(path)[:80]}")
    remove(beside)
    if stat.S_ISLNK(one.mode):
        os.symlink(one.text, beside)
        os.lchown(beside, one.uid, one.gid)
    else:
        member = archive.getmember(path.lstrip("/"))
        content = archive.extractfile(member)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(content or io.BytesIO(), file)
            file.flush()
            os.fsync(descriptor)
        give(beside, one)
        os.utime(beside, ns=(one.seen[1], one.seen[1]))
    os.replace(beside, here)


def give(here: str, one: Entry) -> None:
    """Give a path the owner and rights of an entry; the owner first, since a change of owner may clear mode bits."""
    os.chown(here, one.uid, one.gid)
    os.chmod(here, stat.S_IMODE(one.mode))


def remove(here: str) -> None:
    """Delete one thing with all that is in it; a link is never followed."""
    if os.path.isdir(here) and not os.path.islink(here):
        shutil.rmtree(here)
        return
    with contextlib.suppress(FileNotFoundError):
        os.unlink(here)


def clear(run: str, deleted: Iterable[str], base: str = BASE, root: str = "") -> list[str]:
    """Delete what was not there before; returns what was there now.

    Raises:
        Odd: it was there before.
    """
    before = load(f"{base}/{run}/{BEFORE}")
    there = {path for one in before["data"].values() for path in one["there"]} | {*before["entries"]}
    paths = [path.rstrip("/") for path in deleted]
    if known := [path for path in paths if path in there or not _is_proper(path)]:
        raise Odd(f"was there before the run: {', '.join(known)}")
    gone = [path for path in sorted(paths, reverse=True) if os.path.lexists(root + path)]
    for path in gone:
        remove(root + path)
    for above in reversed(before["above"]):
        with contextlib.suppress(OSError):  # not empty, or never made
            os.rmdir(root + above)
    return sorted(gone)


def _is_proper(path: str) -> bool:
    return path.startswith("/") and ".." not in path.split("/") and path.count("/") > 1


def close(run: str, by: str, base: str = BASE) -> bool:
    """Note that a run is undone: contents go, and what was done stays known; returns whether that is news."""
    folder = f"{base}/{run}"
    if os.path.lexists(f"{folder}/{UNDONE}"):
        return False
    save_json(f"{folder}/{UNDONE}", {"by": by})
    remove(f"{folder}/{CONTENTS}")
    sync(folder)
    return True
