"""What PostgreSQL's test wants to know, found out on the target."""

import secrets
import sys
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, listening, run, unit

# The program itself: Debian's wrapper around it takes longer than what it is asked.
PROGRAM = str(max(Path("/usr/lib/postgresql").glob("*/bin/psql")))
PSQL = (PROGRAM, "--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1")
ROOT = ("env", "--chdir=/", "runuser", "--user", "postgres", "--", *PSQL)
AS_OTHER_USER = ("env", "--chdir=/", "setpriv", "--reuid=www-data", "--clear-groups", *PSQL)
SHADOW = "SELECT rolname, left(rolpassword, 14) FROM pg_authid WHERE rolcanlogin AND rolpassword IS NOT NULL"


def sql(text: str, database: str = "postgres") -> str:
    """Ask as the server's own account."""
    code, out, complaint = run(*ROOT, f"--dbname={database}", stdin=text)
    if code:
        sys.exit(complaint)
    return out


def secret_of(name: str) -> Path:
    """Return the place of an account's service file."""
    return Path(ARGUMENTS["secrets"], f"postgresql-{name}.cnf")


def ask(name: str, statement: str, more: str = "", *options: str) -> tuple[bool, str]:
    """Ask as an account, with the password where it lies."""
    command = (f"PGSERVICEFILE={secret_of(name)}", *PSQL, *options, f"service=client {more}")
    code, out, _ = run("env", *command, stdin=statement)
    return code == 0, out.strip()


def abilities(account: dict[str, Any], maker: str) -> list[str]:
    """Return what an account can really do in its database, tried on tables that another one makes for it."""
    table, other, third = (f"koor_verify_{secrets.token_hex(8)}" for _ in range(3))
    try:
        if not ask(maker, f"CREATE TABLE {table} (id serial, word text); CREATE TABLE {other} (id int);")[0]:
            return ["the maker of tables cannot make any"]
        tries = {
            "SELECT": "SELECT id FROM {table}",
            "INSERT": "INSERT INTO {table} (word) VALUES ('a')",
            "UPDATE": "UPDATE {table} SET word = 'b' WHERE word = 'a'",
            "DELETE": "DELETE FROM {table} WHERE word = 'b'",
            "TRUNCATE": "TRUNCATE {table}",
            "DROP": "DROP TABLE {other}",
            "CREATE": "CREATE TABLE {third} (id int)",
        }
        names = {"table": table, "other": other, "third": third}
        script = "".join(
            f"{statement.format(**names)};\n\\echo tried {name} :ERROR\n" for name, statement in tries.items()
        )
        _, told = ask(account["name"], script, "", "--set=ON_ERROR_STOP=0")
        return [name for name in tries if f"tried {name} false" in told.splitlines()]
    finally:
        sql(f"DROP TABLE IF EXISTS {table}, {other}, {third};", account["database"])


def access(path: Path) -> str:
    """Return who may read a path."""
    return f"{path.owner()}:{path.stat().st_mode & 0o777:o}"


def describe(account: dict[str, Any]) -> dict[str, Any]:
    """Return what there is to know about an account, and nothing secret."""
    accounts = [one for one in ARGUMENTS["accounts"] if one["database"] == account["database"]]
    maker = next(one["name"] for one in accounts if "CREATE" in one["privileges"])
    databases = sql("SELECT datname FROM pg_database WHERE datallowconn").split()
    return {
        "secret": access(secret_of(account["name"])),
        "abilities": abilities(account, maker),
        "databases": [name for name in databases if ask(account["name"], "SELECT 1", f"dbname={name}")[0]],
        "encoding": ask(account["name"], "SHOW server_encoding")[1],
    }


def pinned(package: str) -> dict[str, Any]:
    """Return the version of the server's package, and the versions that apt is held to."""
    path = Path("/etc/apt/preferences.d/koor-postgresql")
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    held = [line.removeprefix("Pin: version ") for line in lines if line.startswith("Pin: version ")]
    return {"installed": run("dpkg-query", "--show", "--showformat", "${Version}", package)[1], "held": held[:1]}


version = sql("SHOW server_version_num").strip()[:2]
drop_in = Path(f"/etc/postgresql/{version}/main/conf.d/koor.conf")
settings = {
    name: value.strip("'")
    for name, _, value in (line.partition(" = ") for line in drop_in.read_text(encoding="utf-8").splitlines())
    if value and name[0] != "#"
}
tcp = ("--host=127.0.0.1", "--username=postgres", "--dbname=postgres")
answer(
    {
        "timer": unit("koor-backup-postgresql.timer"),
        "pinned": pinned(f"postgresql-{version}"),
        "unit": unit("postgresql.service"),
        "cluster": unit(f"postgresql@{version}-main.service")["ActiveState"],
        "addresses": listening(5432),
        "settings": settings,
        "running": dict(zip(settings, sql("".join(f"SHOW {name};" for name in settings)).splitlines(), strict=True)),
        "accounts": {account["name"]: describe(account) for account in ARGUMENTS["accounts"]},
        "secrets": access(Path(ARGUMENTS["secrets"])),
        "postgres_over_tcp": run(*PSQL, *tcp, stdin="SELECT 1")[0] == 0,
        "postgres_as_other_user": run(*AS_OTHER_USER, "--username=postgres", "postgres", stdin="SELECT 1")[0] == 0,
        "kept": dict(line.split("|") for line in sql(SHADOW).splitlines()),
    }
)
