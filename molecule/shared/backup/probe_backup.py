"""Loses data in every way and brings them back, on a test server. Never for a customer's: it drops databases."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, MARIADB, answer, run

ENGINE: str = ARGUMENTS["engine"]
COMMAND, UNIT = f"koor-backup-{ENGINE}", f"koor-backup-{ENGINE}.service"
BACKUPS = Path("/var/backups/koor-provision", ENGINE)
SECRETS = "/etc/koor-provision/secrets"
FILE = Path("/var/lib/koor/sqlite/koor.db")

AS_ROOT = (*MARIADB, "--default-character-set=utf8mb4")
AS_POSTGRES = ("env", "--chdir=/", "runuser", "--user", "postgres", "--")
PSQL = ("psql", "--no-psqlrc", "--quiet", "--no-align", "--set=ON_ERROR_STOP=1")
SQLITE = ("env", "--chdir=/", "runuser", "--user", "www-data", "--", "sqlite3", "-bail", "-batch", str(FILE))

# Letters of all kinds, what is no letter, nothing at all, and a rule that ties two tables.
TABLES = """
CREATE TABLE people (id INT PRIMARY KEY, word VARCHAR(100));
INSERT INTO people VALUES (1, 'Grüße, Ωμέγα, 😀'), (2, 'it''s; -- a \\ "quote"'), (3, NULL);
CREATE TABLE notes (id INT PRIMARY KEY, person INT REFERENCES people (id));
INSERT INTO notes VALUES (1, 1), (2, 3);
CREATE INDEX notes_person ON notes (person);
"""
ROWS = "SELECT * FROM people ORDER BY id; SELECT * FROM notes ORDER BY id;"
MARIADB_SHAPE = """
SHOW CREATE DATABASE koor; SHOW CREATE TABLE people; SHOW CREATE TABLE notes; SHOW GRANTS FOR 'koor_update'@'127.0.0.1';
"""
POSTGRESQL_SHAPE = """
SELECT relname, pg_get_userbyid(relowner), ARRAY(SELECT unnest(relacl)::text ORDER BY 1)
  FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1;
SELECT datname, encoding, datcollate, ARRAY(SELECT unnest(datacl)::text ORDER BY 1), pg_get_userbyid(datdba)
  FROM pg_database WHERE datname = 'koor';
SELECT pg_get_userbyid(defaclrole), defaclobjtype, ARRAY(SELECT unnest(defaclacl)::text ORDER BY 1)
  FROM pg_default_acl ORDER BY 1, 2;
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1;
SELECT ARRAY(SELECT unnest(nspacl)::text ORDER BY 1) FROM pg_namespace WHERE nspname = 'public';
"""


def must(*argv: str, stdin: str = "") -> str:
    """Run a command that must succeed."""
    code, out, complaint = run(*argv, stdin=stdin)
    if code:
        sys.exit(f"{argv}: {complaint or out}")
    return out


def fill() -> None:
    """Make tables; in PostgreSQL as the account whose tables the others may use."""
    if ENGINE == "mariadb":
        must(*AS_ROOT, "koor", stdin="SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');" + TABLES)
    elif ENGINE == "postgresql":
        must(*AS_POSTGRES, *PSQL, "koor", stdin=f"SET ROLE koor_schema; {TABLES}")
    else:
        must(*SQLITE, stdin=TABLES)


def ask(statements: str) -> str:
    """Ask as the administrator."""
    if ENGINE == "mariadb":
        return must(*AS_ROOT, "koor", stdin=statements)
    return must(*(AS_POSTGRES + PSQL + ("koor",) if ENGINE == "postgresql" else SQLITE), stdin=statements)


def everything() -> str:
    """Return all that a restore must bring back: rows, tables, owners and rights."""
    shape = {"mariadb": MARIADB_SHAPE, "postgresql": POSTGRESQL_SHAPE, "sqlite": ".schema\nPRAGMA journal_mode;"}
    return ask(f"{ROWS}\n{shape[ENGINE]}")


def read_by_an_account() -> str:
    """Return what the account for reading sees; of SQLite's only user, where there are no accounts."""
    words = "SELECT COUNT(*) FROM people;"
    if ENGINE == "mariadb":
        option = f"--defaults-file={SECRETS}/mariadb-koor_select.cnf"
        return must("mariadb", option, "--skip-column-names", stdin=words).strip()
    if ENGINE == "postgresql":
        service = f"PGSERVICEFILE={SECRETS}/postgresql-koor_select.cnf"
        return must("env", service, *PSQL, "--tuples-only", "service=client", stdin=words).strip()
    return must(*SQLITE, stdin=words).strip()


def lose() -> None:
    """Drop the database."""
    if ENGINE == "mariadb":
        must(*AS_ROOT, stdin="DROP DATABASE koor;")
    elif ENGINE == "postgresql":
        must(*AS_POSTGRES, *PSQL, "postgres", stdin="DROP DATABASE koor WITH (FORCE);")
    else:
        for path in FILE.parent.glob("koor.db*"):
            path.unlink()


def empty() -> None:
    """Take away what was made here."""
    ask("DROP TABLE IF EXISTS notes; DROP TABLE IF EXISTS people;")
    for path in BACKUPS.glob("*"):
        path.unlink()


def backups() -> list[str]:
    """Return the names of everything among the backups, oldest first."""
    return sorted(path.name for path in BACKUPS.iterdir())


def access(path: Path) -> str:
    """Return who may read a path."""
    return f"{path.owner()}:{path.group()}:{path.stat().st_mode & 0o777:o}"


def tell(result: tuple[int, str, str]) -> dict[str, Any]:
    """Return how a command ended."""
    return {"code": result[0], "said": result[1] + result[2]}


def unavailable(look: Callable[[], Any]) -> Any:
    """Look while the database cannot be had."""
    aside = FILE.with_name("aside")
    away = {"mariadb": ("systemctl", "stop", "mariadb"), "postgresql": ("systemctl", "stop", "postgresql")}
    back = {"mariadb": ("systemctl", "start", "mariadb"), "postgresql": ("systemctl", "start", "postgresql")}
    must(*away.get(ENGINE, ("mv", str(FILE), str(aside))))
    try:
        return look()
    finally:
        must(*back.get(ENGINE, ("mv", str(aside), str(FILE))))
        run("systemctl", "reset-failed", UNIT)


def fail() -> dict[str, Any]:
    """Back up what cannot be had, by the real unit."""
    before = backups()
    code = run("systemctl", "start", UNIT)[0]
    state = run("systemctl", "is-failed", UNIT)[1].strip()
    log = run("journalctl", f"--unit={UNIT}", "--no-pager", "--output=cat", "--lines=20")[1]
    return {"code": code, "state": state, "log": log, "before": before, "after": backups()}


facts: dict[str, Any] = {}
run("rm", "-rf", str(BACKUPS))
try:
    fill()
    facts["filled"] = everything()
    must("systemctl", "start", UNIT)
    facts["made"] = backups()
    backup = BACKUPS / facts["made"][0]
    facts["access"] = {"folder": access(BACKUPS), "above": access(BACKUPS.parent), "file": access(backup)}
    ask("INSERT INTO notes VALUES (3, 2);")
    lose()
    facts["restore"] = tell(run(COMMAND, "restore", str(backup)))
    facts["restored"], facts["read"] = everything(), read_by_an_account()
    ask("INSERT INTO notes VALUES (4, 2);")
    facts["later"] = everything()
    facts["refused"] = {**tell(run(COMMAND, "restore", str(backup))), "left": everything()}
    facts["overwritten"] = {**tell(run(COMMAND, "restore", "--overwrite", str(backup))), "left": everything()}
    facts["kept before"] = [name for name in backups() if name != backup.name]
    facts["back again"] = tell(run(COMMAND, "restore", "--overwrite", str(BACKUPS / facts["kept before"][0])))
    facts["as later"] = everything()

    torn = Path("/root", backup.name)
    torn.write_bytes(backup.read_bytes()[:-40])
    facts["torn"] = {**tell(run(COMMAND, "restore", "--overwrite", str(torn))), "left": everything()}
    torn.unlink()
    facts["stray"] = tell(run(COMMAND, "restore", "/etc/hostname"))
    facts["not root"] = tell(run("setpriv", "--reuid=www-data", "--clear-groups", COMMAND, "restore", str(backup)))

    facts["failed"] = unavailable(fail)
    facts["one of two"] = tell(run(COMMAND, "dump", "missing", "koor"))
    facts["pruned"] = []
    for _ in range(2):
        must(COMMAND, "dump", "--keep", "2", "koor")
        facts["pruned"].append(backups())
finally:
    empty()
answer(facts)
