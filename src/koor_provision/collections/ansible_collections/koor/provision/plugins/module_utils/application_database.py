# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The application's database, as root sees it over the server's socket."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

from ansible_collections.koor.provision.plugins.module_utils.kept_password import new_password
from ansible_collections.koor.provision.plugins.module_utils.mariadb_client import CLIENT, OPTIONS

INSTALLER = "'koor_install'@'127.0.0.1'"


VISITS = b"monitoring_request"
"""The table in which each visit is a row, also those of our own checks."""
NEXT = re.compile(rb" AUTO_INCREMENT=\d+")
DUMP = ["mariadb-dump", *OPTIONS, "--single-transaction", "--routines", "--triggers"]


class Failed(Exception):  # noqa: N818 - not an error of ours
    """Something that was begun did not work."""


class Database:
    """One database."""

    def __init__(self, name: str) -> None:
        """Note which one."""
        self.name = name

    def sql(self, statements: str) -> list[list[str]]:
        """Run statements in the database; return the rows."""
        command = [*CLIENT, self.name]
        done = subprocess.run(command, input=statements, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            raise Failed(f"MariaDB refused: {done.stderr.strip()[-500:]}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def tables(self) -> list[str]:
        """Return the names of its tables."""
        return [row[0] for row in self.sql("SHOW TABLES")]

    def count(self, table: str, condition: str = "TRUE") -> int:
        """Return how many rows of a table there are; -1 where there is no such table."""
        if table not in self.tables():
            return -1
        return int(self.sql(f"SELECT COUNT(*) FROM `{table}` WHERE {condition}")[0][0])  # noqa: S608 - our own names

    def dump(self, path: Path) -> None:
        """Write everything into a compressed file that only root can read."""
        path.touch(mode=0o600)
        with gzip.open(path, "wb") as file:
            process = subprocess.Popen([*DUMP, self.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/")
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            shutil.copyfileobj(process.stdout, file)
            _, said = process.communicate()
        if process.returncode:
            path.unlink()
            raise Failed(f"the database could not be backed up: {said.decode(errors='replace').strip()[-500:]}")

    def same_as(self, path: Path) -> bool:
        """Return whether the database is still as a dump has it, but for the visits that the application counts."""
        with gzip.open(path, "rb") as file:
            process = subprocess.Popen([*DUMP, self.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/")
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            with process.stdout as said:
                same = all(one == other for one, other in zip_longest(matter(file), matter(said)))
            # Where they differ nobody reads to the end, which the dump is told by a broken pipe.
            return process.wait() == 0 and same

    def restore(self, path: Path) -> None:
        """Put everything back as a dump has it; what is there goes."""
        self.clear()
        command = ["mariadb", *OPTIONS, self.name]
        with gzip.open(path, "rb") as file:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/")
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            shutil.copyfileobj(file, process.stdin)
            _, said = process.communicate()
        if process.returncode:
            raise Failed(f"the dump {path} could not be read back: {said.decode(errors='replace').strip()[-500:]}")

    def clear(self) -> None:
        """Drop all tables and views. The database itself stays, and what its accounts may do there."""
        rows = self.sql("SHOW FULL TABLES")
        if rows:
            kinds = {"VIEW": "VIEW"}
            drops = "".join(f"DROP {kinds.get(kind, 'TABLE')} IF EXISTS `{name}`;\n" for name, kind in rows)
            self.sql(f"SET FOREIGN_KEY_CHECKS = 0;\n{drops}")

    def allow(self, account: str, table: str, rights: list[str]) -> None:
        """Give an account rights on one table, where the application has it."""
        if table in self.tables():
            self.sql(f"GRANT {', '.join(sorted(rights))} ON `{self.name}`.`{table}` TO '{account}'@'127.0.0.1'")

    @contextmanager
    def installer(self) -> Iterator[dict[str, str]]:
        """An account that may do everything in this database, for as long as the application's installer runs."""
        password = new_password()
        mine = self.name.replace("_", r"\_")
        self.sql(
            f"DROP USER IF EXISTS {INSTALLER};\nCREATE USER {INSTALLER} IDENTIFIED BY '{password}';\n"
            f"GRANT ALL PRIVILEGES ON `{mine}`.* TO {INSTALLER};"
        )
        try:
            yield {
                "db": "mysql",
                "host": "127.0.0.1",
                "port": "3306",
                "login": "koor_install",
                "password": password,
                "database": self.name,
            }
        finally:
            # Without a database, since the installer may have left none.
            subprocess.run(["mariadb", *OPTIONS], input=f"DROP USER IF EXISTS {INSTALLER}", text=True, check=False)


def matter(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a dump in which somebody's work would show: not when it was made, nor who visited."""
    visits = False
    for line in lines:
        if line.startswith(b"LOCK TABLES `%s` " % VISITS):
            visits = True
        if not visits and not line.startswith(b"--"):
            yield NEXT.sub(b"", line) if line.startswith(b") ENGINE=") else line
        if line.startswith(b"UNLOCK TABLES;"):
            visits = False
