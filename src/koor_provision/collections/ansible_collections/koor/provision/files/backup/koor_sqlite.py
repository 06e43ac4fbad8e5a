# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""SQLite: a copy by SQLite itself while others read and write, compressed. See Engine in koor_backup.

The databases are the web user's, who could put anything in their place. So the web user copies, and root only reads.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from koor_command import PIECE, Problem, ask

SUFFIX = "db.gz"
DATABASES = Path("/var/lib/koor/sqlite")
USER = "www-data"
WAIT = ".timeout 60000"  # milliseconds, for those who are writing


def dump(database: str, file: BinaryIO) -> None:
    """Write all of a database into an open file."""
    path = DATABASES / f"{database}.db"
    if not path.is_file():
        raise Problem(f"{path} is not there")
    with scratch() as copy:
        sqlite(path, WAIT, f".backup {copy}")
        handle = os.open(copy, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as source, gzip.open(file, "wb", compresslevel=6) as packed:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Problem(f"{copy} is no plain file")
            shutil.copyfileobj(source, packed, PIECE)


def check(path: Path) -> None:
    """Read a dump to its end, and have SQLite look at every page of it."""
    with unpacked(path) as copy:
        if (said := sqlite(copy, "PRAGMA quick_check;")) != "ok":
            raise Problem(f"{path} holds a damaged database: {said[:200]}")


def is_empty(database: str) -> bool:
    """Tell whether there is no file, or no table in it."""
    path = DATABASES / f"{database}.db"
    return not path.is_file() or sqlite(path, "SELECT count(*) FROM sqlite_master;") == "0"


def restore(database: str, path: Path) -> None:
    """Put a dump in the place of what is in the database; the file stays the one that it is."""
    with unpacked(path) as copy:
        sqlite(DATABASES / f"{database}.db", WAIT, f".restore {copy}", "PRAGMA journal_mode = WAL;")


def sqlite(path: Path, *lines: str) -> str:
    """Return what SQLite answers to some lines on a database, run by the web user."""
    command = ["runuser", "--user", USER, "--", "sqlite3", "-bail", "-batch", str(path)]
    return ask(command, "".join(f"{line}\n" for line in lines), umask=0o027)


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Return a path in a folder of the web user's; on the disk, since memory could be too small."""
    with tempfile.TemporaryDirectory(prefix="koor-", dir="/var/tmp") as folder:
        shutil.chown(folder, USER, USER)
        yield Path(folder, "copy.db")


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Return the database in a dump as a file that the web user can read."""
    with scratch() as copy:
        handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with gzip.open(path) as packed, os.fdopen(handle, "wb") as file:
            shutil.chown(handle, USER, USER)
            shutil.copyfileobj(packed, file, PIECE)
        yield copy
