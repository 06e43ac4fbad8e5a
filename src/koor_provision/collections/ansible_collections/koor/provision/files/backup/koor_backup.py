# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Backs up databases of this server, and brings one back. Nothing leaves the server.

Laid by koor-provision. Backups lie below /var/backups/koor-provision, for root only, and are called DATABASE-TIME.KIND.
Exit codes: 0 done, 1 refused, 2 bad input, 3 a dump or the restore failed.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import importlib
import os
import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from koor_command import BAD_INPUT, DONE, FAILED, REFUSED, Problem

BACKUPS = Path("/var/backups/koor-provision")
NAME = r"[A-Za-z][A-Za-z0-9_]{0,62}"


class Engine(Protocol):
    """How one kind of database is dumped and brought back; a module beside this one is named after each."""

    SUFFIX: str

    def dump(self, database: str, file: BinaryIO) -> None:
        """Write all of a database into an open file."""

    def check(self, path: Path) -> None:
        """Read a dump from its first byte to its last; what cannot be read is a Problem, an OSError or an EOFError."""

    def is_empty(self, database: str) -> bool:
        """Tell whether a restore would lose nothing: there are no tables, or there is no such database."""

    def restore(self, database: str, path: Path) -> None:
        """Put a dump in the place of what is there."""


def pattern(engine: Engine, database: str) -> re.Pattern[str]:
    """Return what backups of a database are called."""
    return re.compile(rf"(?P<database>{database})-[0-9]{{8}}T[0-9]{{6}}Z\.{re.escape(engine.SUFFIX)}")


def back_up(engine: Engine, folder: Path, database: str) -> Path:
    """Dump a database; what has the name of a backup is whole and was read back."""
    handle, name = tempfile.mkstemp(prefix=".part-", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            engine.dump(database, file)
            file.flush()
            os.fsync(file.fileno())
        engine.check(part)
        while (path := folder / f"{database}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{engine.SUFFIX}").exists():
            time.sleep(0.1)  # one was made in this very second
        part.replace(path)
    except (OSError, EOFError) as problem:
        raise Problem(str(problem)) from problem
    finally:
        part.unlink(missing_ok=True)
    return path


def prune(engine: Engine, folder: Path, database: str, keep: int) -> None:
    """Remove the oldest backups of a database; their names sort by time."""
    mine = sorted(path for path in folder.iterdir() if pattern(engine, database).fullmatch(path.name))
    for path in mine[:-keep]:
        path.unlink()


def dump_all(engine: Engine, folder: Path, databases: list[str], keep: int) -> int:
    """Dump each database, and remove old backups of those that were dumped; one that fails keeps no other back."""
    for part in folder.glob(".part-*"):
        part.unlink()  # what a run that was killed left behind
    code = DONE
    for database in databases:
        try:
            path = back_up(engine, folder, database)
        except Problem as problem:
            print(f"{database} was NOT backed up: {problem}. Older backups were kept.", file=sys.stderr)
            code = FAILED
        else:
            prune(engine, folder, database, keep)
            print(f"{database} was backed up to {path}")
    return code


def restore(engine: Engine, folder: Path, path: Path, *, overwrite: bool) -> int:
    """Bring back the database that a backup is of."""
    match = pattern(engine, NAME).fullmatch(path.name)
    if not match:
        raise Problem(f"{path.name} is no backup; one is called DATABASE-YYYYMMDDTHHMMSSZ.{engine.SUFFIX}", BAD_INPUT)
    database = match["database"]
    try:
        engine.check(path)
    except (OSError, EOFError, Problem) as problem:
        raise Problem(f"{path} cannot be read, and nothing was changed: {problem}", BAD_INPUT) from problem
    if not engine.is_empty(database):
        if not overwrite:
            raise Problem(
                f"{database} has data in it, and nothing was changed. To have it replaced, give --overwrite: "
                "what is in it now is backed up before.",
                REFUSED,
            )
        print(f"What was in {database} was backed up to {back_up(engine, folder, database)}")
    engine.restore(database, path)
    print(f"{database} was restored from {path}")
    return DONE


def arguments(argv: list[str]) -> argparse.Namespace:
    """Return what is asked for: engine, verb and the verb's own."""
    parser = argparse.ArgumentParser(prog=f"koor-backup-{argv[0]}", description=(__doc__ or "").partition("\n\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    dump = verbs.add_parser("dump", help="back up databases and remove old backups")
    dump.add_argument("--keep", type=int, default=14, metavar="N", help="backups kept of each database (default 14)")
    dump.add_argument("databases", nargs="+", metavar="DATABASE")
    back = verbs.add_parser("restore", help="bring a database back from a backup; stop what uses it before")
    back.add_argument("--overwrite", action="store_true", help="also where there are data; they are backed up before")
    back.add_argument("file", type=Path)
    asked = parser.parse_args(argv[1:])
    if asked.verb == "dump":
        if asked.keep < 1:
            parser.error("--keep needs at least 1")
        for database in asked.databases:
            if not re.fullmatch(NAME, database):
                parser.error(f"{database!r} is no name of a database; it must match {NAME}")
    return asked


def work(engine: Engine, folder: Path, asked: argparse.Namespace) -> int:
    """Do what is asked for, one at a time on this server."""
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if asked.verb == "dump":
            return dump_all(engine, folder, asked.databases, asked.keep)
        return restore(engine, folder, asked.file, overwrite=asked.overwrite)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.code
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)


def main(argv: list[str]) -> int:
    """Entry point: the engine's name, then what is asked for."""
    asked = arguments(argv)
    if os.geteuid() != 0:
        print("backups are root's: run this as root, for example with sudo", file=sys.stderr)
        return BAD_INPUT
    engine: Engine = importlib.import_module(f"koor_{argv[0]}")
    return work(engine, BACKUPS / argv[0], asked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
