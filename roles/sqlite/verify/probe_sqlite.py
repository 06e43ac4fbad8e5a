"""What SQLite's test wants to know, found out on the target."""

import secrets
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, run, unit

DIRECTORY = Path("/var/lib/koor/sqlite")


def ask(user: str, path: Path, statement: str) -> tuple[bool, str]:
    """Ask as a user."""
    clean = ("env", "--chdir=/", "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
    code, out, _ = run(*clean, "sqlite3", "-batch", "-bail", str(path), stdin=statement)
    return code == 0, out.strip()


def access(path: Path) -> str:
    """Return who may do what with a path."""
    return f"{path.owner()}:{path.group()}:{path.stat().st_mode & 0o777:o}"


def describe(name: str) -> dict[str, Any]:
    """Return what there is to know about a database."""
    path, table, word = DIRECTORY / f"{name}.db", f"koor_verify_{secrets.token_hex(8)}", secrets.token_hex(8)
    # The table is never committed: what was there stays as it was.
    script = "BEGIN; CREATE TABLE {0} (word); INSERT INTO {0} VALUES ('{1}'); SELECT word FROM {0}; ROLLBACK;"
    return {
        "access": access(path),
        "journal": ask("www-data", path, "PRAGMA journal_mode;"),
        "healthy": ask("www-data", path, "PRAGMA quick_check;"),
        "written_by_the_web_user": ask("www-data", path, script.format(table, word)) == (True, word),
        "read_by_nobody": run("setpriv", "--reuid=nobody", "--clear-groups", "cat", str(path))[0] == 0,
    }


answer(
    {
        "timer": unit("koor-backup-sqlite.timer"),
        "directory": access(DIRECTORY),
        "databases": {name: describe(name) for name in ARGUMENTS["names"]},
    }
)
