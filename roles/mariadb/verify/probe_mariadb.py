"""What MariaDB's test wants to know, found out on the target."""

import re
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, MARIADB, answer, listening, run, unit

ROOT = (*MARIADB, "--raw", "--skip-column-names")
DROP_IN = "/etc/mysql/mariadb.conf.d/90-koor.cnf"


def sql(text: str) -> str:
    """Ask as root."""
    code, out, complaint = run(*ROOT, stdin=text)
    if code:
        sys.exit(complaint)
    return out


def abilities(option_file: Path, database: str, mark: str) -> tuple[list[str], list[str]]:
    """Return what an account can really do in its database, tried on a table that is made for it, and what it sees.

    One client tries it all, each statement on a line of its own, and says of which lines the server would have none.
    """
    table, other, third = (f"`{database}`.`koor_verify_{mark}_{number}`" for number in (1, 2, 3))
    tries = {
        "SELECT": f"SELECT id FROM {table};",  # noqa: S608 - our own names
        "INSERT": f"INSERT INTO {table} VALUES (2);",  # noqa: S608 - our own names
        "UPDATE": f"UPDATE {table} SET id = 3 WHERE id = 2;",  # noqa: S608 - our own names
        "DELETE": f"DELETE FROM {table} WHERE id = 3;",  # noqa: S608 - our own names
        "DROP": f"DROP TABLE {other};",
        "CREATE": f"CREATE TABLE {third} (id INT);",
    }
    asked = "\n".join([*tries.values(), "SHOW DATABASES;"])
    try:
        sql(f"CREATE TABLE {table} (id INT); CREATE TABLE {other} (id INT);")
        _, seen, said = run(
            "mariadb", f"--defaults-file={option_file}", "--batch", "--skip-column-names", "--force", stdin=asked
        )
    finally:
        sql(f"DROP TABLE IF EXISTS {table}, {other}, {third};")
    if not seen:  # everybody sees one database at least, so it did not come in
        return [], []
    refused = {int(number) for number in re.findall(r"^ERROR \d+ \(\w+\) at line (\d+)", said, re.MULTILINE)}
    return [name for number, name in enumerate(tries, 1) if number not in refused], seen.split()


def access(path: Path) -> str:
    """Return who may read a path."""
    return f"{path.owner()}:{path.stat().st_mode & 0o777:o}"


def describe(account: dict[str, Any]) -> dict[str, Any]:
    """Return what there is to know about an account, and nothing secret."""
    path = Path(ARGUMENTS["secrets"], f"mariadb-{account['name']}.cnf")
    able, databases = abilities(path, account["database"], secrets.token_hex(8))
    return {"secret": access(path), "abilities": able, "databases": databases}


def pinned(package: str) -> dict[str, Any]:
    """Return the version of the server's package, and the versions that apt is held to."""
    path = Path("/etc/apt/preferences.d/koor-mariadb")
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    held = [line.removeprefix("Pin: version ") for line in lines if line.startswith("Pin: version ")]
    return {"installed": run("dpkg-query", "--show", "--showformat", "${Version}", package)[1], "held": held[:1]}


accounts = ARGUMENTS["accounts"]
with ThreadPoolExecutor(len(accounts) or 1) as side_by_side:  # each waits for its own clients most of the time
    described = dict(zip((account["name"] for account in accounts), side_by_side.map(describe, accounts), strict=True))
settings = dict(
    line.split(" = ", 1)
    for line in Path(DROP_IN).read_text(encoding="utf-8").splitlines()
    if " = " in line and line[0] != "#"
)
running = dict(line.split("\t") for line in sql("SHOW VARIABLES").splitlines() if line.count("\t") == 1)
answer(
    {
        "timer": unit("koor-backup-mariadb.timer"),
        "pinned": pinned("mariadb-server"),
        "unit": unit("mariadb.service"),
        "addresses": listening(3306),
        "settings": settings,
        "running": {name: running[name.replace("-", "_")] for name in settings},
        "accounts": described,
        "secrets": access(Path(ARGUMENTS["secrets"])),
        "root_over_tcp": run("mariadb", "--no-defaults", "--protocol=tcp", "--user=root", "--execute=SELECT 1")[0] == 0,
        "root_as_other_user": run("setpriv", "--reuid=www-data", "--clear-groups", *ROOT, stdin="SELECT 1")[0] == 0,
        "users": [line.split("\t") for line in sql("SELECT user, host FROM mysql.global_priv").splitlines()],
        "databases": sql("SHOW DATABASES").split(),
    }
)
