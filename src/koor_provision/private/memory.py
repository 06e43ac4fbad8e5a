"""A private directory in memory (R11): mode 0700, on tmpfs, gone afterwards.

What a killed run left is swept at the next start.

An owner keeps a lock on its directory for as long as it lives, and the kernel releases that lock however it dies. So a
directory whose lock can be had is left over, whatever its age and whoever has its process number now.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koor_provision.errors import RunError

PREFIX = "koor-provision."
_TMPFS_TYPES = {"tmpfs", "ramfs"}


def _mounts() -> dict[str, str]:
    """Mount point to file system type; the last mount on a point is the one that is seen."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    return {fields[1]: fields[2] for fields in (line.split(" ") for line in lines)}


def _in_memory(folder: Path) -> bool:
    mounts = _mounts()
    real = folder.resolve()
    return next((mounts[str(path)] for path in (real, *real.parents) if str(path) in mounts), "") in _TMPFS_TYPES


def candidates() -> list[Path]:
    """Folders in memory where this user may make directories, best first."""
    places = [os.environ.get("XDG_RUNTIME_DIR", ""), "/run" if os.geteuid() == 0 else "", "/dev/shm"]  # noqa: S108  # a tmpfs, checked below
    folders = [Path(place) for place in places if place]
    return [
        folder for folder in folders if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and _in_memory(folder)
    ]


def sweep() -> list[Path]:
    """Remove what runs of this user left behind that are no longer alive; returns what was removed."""
    removed = []
    for folder in candidates():
        for leftover in folder.glob(f"{PREFIX}*"):
            if (lock := _lock(leftover)) is None:
                continue
            shutil.rmtree(leftover, ignore_errors=True)
            os.close(lock)
            removed.append(leftover)
    return removed


def _lock(folder: Path) -> int | None:
    """Lock a directory of ours; None if its owner is alive, or it is another user's, a link, or gone meanwhile."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
    except BlockingIOError:
        pass
    os.close(descriptor)
    return None


@contextmanager
def private_directory() -> Iterator[Path]:
    """A fresh private directory in memory, for as long as the block runs.

    Raises:
        RunError: this machine has no folder in memory that we may use.
    """
    sweep()
    folders = candidates()
    if not folders:
        raise RunError(
            "no folder in memory found for the run's private files",
            where="XDG_RUNTIME_DIR, /run, /dev/shm",
            hint="customer data must not touch the disk: mount a tmpfs on /dev/shm, or set XDG_RUNTIME_DIR to one",
        )
    # A sweep of another process must never see it unlocked; so it gets the name that is swept only afterwards.
    fresh = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=folders[0]))
    lock = _lock(fresh)
    folder = fresh.rename(fresh.with_name(fresh.name.removeprefix(".")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)
