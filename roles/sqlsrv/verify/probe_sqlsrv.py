"""What SQL Server's test wants to know, found out on the target. Passwords go to PHP through its standard input."""

import configparser
import json
import secrets
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, run

FOLDER, DATABASE = Path(ARGUMENTS["secrets"]), ARGUMENTS["database"]
PAGE = """
$given = json_decode(stream_get_contents(STDIN), true);
try {
    $server = new PDO($given['source'], $given['user'], $given['password'], [PDO::ATTR_TIMEOUT => 15]);
    $server->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
    $asked = $server->query("SELECT CAST(SERVERPROPERTY('ProductMajorVersion') AS nvarchar(16)) AS version,"
        . " DB_NAME() AS [database], SUSER_SNAME() AS login, N'{$given['word']}' AS word");
    echo json_encode(['row' => $asked->fetch(PDO::FETCH_ASSOC)]);
} catch (PDOException $trouble) {
    echo json_encode(['complaint' => $trouble->getMessage()], JSON_INVALID_UTF8_SUBSTITUTE);
}
"""
SOURCES = {"dblib": f"dblib:host=sqlsrv-{DATABASE};dbname={DATABASE}", "odbc": f"odbc:sqlsrv-{DATABASE}"}


def access(path: Path) -> str:
    """Return who may read a path."""
    return f"{path.owner()}:{path.group()}:{path.stat().st_mode & 0o777:o}"


def section(path: str) -> dict[str, str]:
    """Return the section of our database."""
    parser = configparser.RawConfigParser(strict=False)
    parser.read(path)
    return dict(parser[f"sqlsrv-{DATABASE}"])


def ask(source: str, user: str, password: str) -> dict[str, Any]:
    """Let PHP ask the server as somebody."""
    word = secrets.token_hex(8)
    given = {"source": source, "user": user, "password": password, "word": word}
    _, out, complaint = run("php", "-r", PAGE, stdin=json.dumps(given))
    try:
        told = json.loads(out)
    except ValueError:
        told = {"complaint": complaint or out}
    if "complaint" in told:
        return {"complaint": told["complaint"].replace(password, "***")[-300:]}
    return {**told["row"], "same": told["row"]["word"] == word}


def account(name: str) -> dict[str, Any]:
    """Return what an account is told over each driver, and who may read its password."""
    path = FOLDER / f"sqlsrv-{name}.cnf"
    parser = configparser.RawConfigParser()
    parser.read(path)
    kept = parser["client"]["password"]
    return {
        "access": access(path),
        "in_statements": kept in (FOLDER / f"sqlsrv-{DATABASE}.sql").read_text(encoding="ascii"),
        "told": {driver: ask(source, name, kept) for driver, source in SOURCES.items()},
        "wrong": {driver: ask(source, name, f"{kept}x") for driver, source in SOURCES.items()},
    }


answer(
    {
        "folder": access(FOLDER),
        "statements": access(FOLDER / f"sqlsrv-{DATABASE}.sql"),
        "server": section("/etc/freetds/freetds.conf"),
        "source": section("/etc/odbc.ini"),
        "accounts": {name: account(name) for name in (DATABASE, f"{DATABASE}_schema")},
    }
)
