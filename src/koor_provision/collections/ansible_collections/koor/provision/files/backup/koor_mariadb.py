# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""MariaDB: one consistent moment of all InnoDB tables, as statements, compressed. See Engine in koor_backup."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import BinaryIO

from koor_command import PIECE, Problem, ask, pack, unpack

SUFFIX = "sql.gz"
ROOT = ["--no-defaults", "--protocol=socket", "--skip-ssl", "--user=root", "--default-character-set=utf8mb4"]
CLIENT = ["mariadb", *ROOT, "--batch", "--skip-column-names"]
DUMP = [
    "mariadb-dump", *ROOT, "--single-transaction", "--quick", "--routines", "--events", "--triggers", "--hex-blob",
    "--databases",  # the dump makes the database again, with its letters and their order
]  # fmt: skip
END = b"-- Dump completed"


def dump(database: str, file: BinaryIO) -> None:
    """Write all of a database into an open file."""
    pack([*DUMP, database], file)


def check(path: Path) -> None:
    """Read a dump to its last line, which only a whole one has."""
    last = b""
    with gzip.open(path) as file:
        while piece := file.read(PIECE):
            last = (last + piece)[-200:]
    if END not in last:
        raise Problem(f"{path} ends too early")


def is_empty(database: str) -> bool:
    """Tell whether there are no tables."""
    count = f"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '{database}';"  # noqa: S608 - it matched NAME
    return ask(CLIENT, count) == "0"


def restore(database: str, path: Path) -> None:
    """Drop the database, and make it from a dump. Accounts and their rights are the server's and stay."""
    ask(CLIENT, f"DROP DATABASE IF EXISTS `{database}`;")
    unpack(path, CLIENT)
