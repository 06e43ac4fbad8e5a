"""How the look at a server asks it things: without writing anything, on the server's own Python."""

import glob
import json
import os
import re
import subprocess
from typing import Any

SECONDS = 120
ROOT = ["mariadb", "--no-defaults", "--protocol=socket", "--skip-ssl", "--user=root"]


def _run(command: "tuple[str, ...]", stdin: str) -> "tuple[bool, str]":
    environment = {"PATH": os.defpath + ":/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    try:
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, errors="replace", check=False,
            timeout=SECONDS, env=environment,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False, ""
    return done.returncode == 0, done.stdout


def said(*command: str, stdin: str = "", anyway: bool = False) -> str:
    """What a command prints; nothing where it is not there, or where it fails, unless that is no matter."""
    well, text = _run(command, stdin)
    return text if well or anyway else ""


def ends_well(*command: str, stdin: str = "") -> bool:
    """Whether a command ends with 0."""
    return _run(command, stdin)[0]


def read(path: str) -> str:
    """A text file; nothing where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def kept(path: str) -> dict[str, Any]:
    """What a file of ours holds."""
    try:
        found = json.loads(read(path))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class Database:
    """The application's database, asked as root over the socket, or as the account that only reads."""

    def __init__(self, name: str) -> None:
        self.name = name

    def rows(self, statement: str, *, reader: bool = False) -> list[list[str]]:
        """The rows of one question."""
        option_files = glob.glob(f"/etc/koor-provision/secrets/mariadb-{self.name}_select.cnf")
        client = ["mariadb", f"--defaults-file={option_files[0]}"] if reader and option_files else ROOT
        options = ["--batch", "--raw", "--skip-column-names", "--connect-timeout=10", self.name]
        return [line.split("\t") for line in said(*client, *options, stdin=statement).splitlines()]

    def tables(self) -> set[str]:
        """The names of its tables."""
        return {row[0] for row in self.rows("SHOW TABLES")}

    def count(self, table: str, condition: str = "TRUE") -> "int | None":
        """How many rows; None where there is no such table, or no such column."""
        if table not in self.tables():
            return None
        found = self.rows(f"SELECT COUNT(*) FROM `{table}` WHERE {condition}")  # our own names
        return int(found[0][0]) if found and found[0][0].isdigit() else None

    def column(self, table: str, *names: str) -> str:
        """The first of these columns that a table has; versions of the application differ."""
        there = {row[0] for row in self.rows(f"SHOW COLUMNS FROM `{table}`")} if table in self.tables() else set()
        return next((name for name in names if name in there), "")


def megabytes(path: str) -> int:
    """What lies below a folder."""
    found = re.match(r"\d+", said("du", "--summarize", "--block-size=1M", "--one-file-system", path))
    return int(found[0]) if found else 0


def present(path: str) -> bool:
    """Whether something is there."""
    return os.path.lexists(path)
