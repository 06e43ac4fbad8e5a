"""Lets a page of PHP read a row, on the target.

The account's password is read where it lies and goes to the page in the body of a request that stays on this machine.
"""

import configparser
import secrets
import sys
import urllib.parse
from typing import Any

from target_tools import ARGUMENTS, answer, page, run, web

ROOT, NAME = ARGUMENTS["document_root"], ARGUMENTS["server_name"]
PAGE = """<?php
header('X-Frame-Options: DENY');
$row = null;
if (isset($_POST['user'])) {
    $database = new PDO("mysql:host={$_POST['host']};port={$_POST['port']};dbname={$_POST['database']}",
                        $_POST['user'], $_POST['password']);
    $row = $database->query("SELECT word FROM `{$_POST['table']}`")->fetchColumn();
}
echo json_encode(['row' => $row, 'https' => ($_SERVER['HTTPS'] ?? '') === 'on', 'interface' => PHP_SAPI]);
"""


def sql(text: str) -> None:
    """Ask the database server as root."""
    code, _, complaint = run("mariadb", "--no-defaults", "--protocol=socket", "--user=root", stdin=text)
    if code:
        sys.exit(complaint)


def ask(body: str | None) -> dict[str, Any]:
    """Ask the page over every way in."""
    with page(ROOT, PAGE) as path:
        ways = {"http": False, "https": True} if ARGUMENTS["https"] else {"http": False}
        return {
            way: web(f"/{path.name}", tls=tls, name=NAME, method="GET" if body is None else "POST", body=body)
            for way, tls in ways.items()
        }


def ask_for_row(account: dict[str, Any]) -> dict[str, Any]:
    """Let the page read a row that only the database has."""
    parser = configparser.RawConfigParser()
    parser.read(f"{ARGUMENTS['secrets']}/mariadb-{account['name']}.cnf")
    table, word = f"koor_verify_{secrets.token_hex(8)}", secrets.token_hex(8)
    name = f"`{account['database']}`.`{table}`"
    try:
        sql(f"CREATE TABLE {name} (word TEXT); INSERT INTO {name} VALUES ('{word}');")  # noqa: S608 - our own names
        fields = {**parser["client"], "database": account["database"], "table": table}
        return {"word": word, "answers": ask(urllib.parse.urlencode(fields))}
    finally:
        sql(f"DROP TABLE IF EXISTS {name};")


answer(ask_for_row(ARGUMENTS["account"]) if ARGUMENTS["account"] else {"word": None, "answers": ask(None)})
