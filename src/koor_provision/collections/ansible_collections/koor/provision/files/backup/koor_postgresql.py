# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""PostgreSQL: one consistent moment, with owners and rights, in pg_dump's own format. See Engine in koor_backup.

It is compressed by us, since pg_restore does not notice by itself where a dump was torn off.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from koor_command import ask, pack, unpack

SUFFIX = "dump.gz"
POSTGRES = ["runuser", "--user", "postgres", "--"]
CLIENT = [
    *POSTGRES, "psql", "--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align",
    "--set=ON_ERROR_STOP=1",
]  # fmt: skip
DUMP = [*POSTGRES, "pg_dump", "--no-password", "--format=custom", "--compress=0"]
RESTORE = [*POSTGRES, "pg_restore", "--no-password", "--exit-on-error"]
TABLES = """
SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema';
"""


def dump(database: str, file: BinaryIO) -> None:
    """Write all of a database into an open file."""
    pack([*DUMP, f"--dbname={database}"], file)


def check(path: Path) -> None:
    """Read a dump to its end, as a restore would."""
    unpack(path, [*RESTORE, "--file=-"])


def is_empty(database: str) -> bool:
    """Tell whether there is no such database, or no table in it."""
    found = f"SELECT count(*) FROM pg_database WHERE datname = '{database}';"  # noqa: S608 - it matched NAME
    there = ask([*CLIENT, "--dbname=postgres"], found) != "0"
    return not there or ask([*CLIENT, f"--dbname={database}"], TABLES) == "0"


def restore(database: str, path: Path) -> None:
    """Drop the database, and make it from a dump. The accounts that own and may use its tables must be there."""
    drop = f'SET client_min_messages = warning;\nDROP DATABASE IF EXISTS "{database}" WITH (FORCE);\n'
    ask([*CLIENT, "--dbname=postgres"], drop)
    unpack(path, [*RESTORE, "--create", "--dbname=postgres"])
