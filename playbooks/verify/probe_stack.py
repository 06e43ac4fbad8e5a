"""Lets a page of PHP read a row from each database, and find in the cache what it put there, on the target.

Passwords are read where they lie and go to the page in the body of a request that stays on this machine.
"""

import configparser
import json
import secrets
import sys
import urllib.parse
from collections.abc import Callable
from typing import Any

from target_tools import ARGUMENTS, answer, page, run, web

ROOT, NAME = ARGUMENTS["document_root"], ARGUMENTS["server_name"]
SQLITE = "/var/lib/koor/sqlite/{}.db"
PAGE = """<?php
header('X-Frame-Options: DENY');
$row = $cached = null;
$given = fn($name) => $_POST[$name] ?? '';
if ($given('driver')) {
    $database = new PDO($given('driver') === 'sqlite' ? "sqlite:{$given('database')}"
        : "{$given('driver')}:host={$given('host')};port={$given('port')};dbname={$given('database')}",
        $given('user'), $given('password'));
    $row = $database->query("SELECT word FROM {$given('table')}")->fetchColumn();
}
if ($given('cache') === 'redis') {
    $cache = new Redis();
    $cache->connect($given('host'), (int) $given('port'));
    $cache->auth($given('password'));
    $cached = $cache->get($given('key'));
    $cache->set($given('key'), $given('word'), 60);
}
if ($given('cache') === 'memcached') {
    $cache = new Memcached();
    $cache->addServer('127.0.0.1', 11211);
    $cached = $cache->get($given('key'));
    $cache->set($given('key'), $given('word'), 60);
}
$https = ($_SERVER['HTTPS'] ?? '') === 'on';
$user = posix_getpwuid(posix_geteuid())['name'];
echo json_encode(['row' => $row, 'cached' => $cached, 'https' => $https, 'interface' => PHP_SAPI, 'user' => $user]);
"""
# How the server's own account asks, or the web user where there is no server.
ADMINISTRATOR = {
    "mariadb": ["mariadb", "--no-defaults", "--protocol=socket", "--user=root", "{}"],
    "postgresql": [
        "env", "--chdir=/", "runuser", "--user", "postgres", "--",
        "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname={}",
    ],
    "sqlite": ["env", "--chdir=/", "runuser", "--user", "www-data", "--", "sqlite3", "-bail", SQLITE],
}  # fmt: skip
DRIVERS = {"mariadb": "mysql", "postgresql": "pgsql", "sqlite": "sqlite"}


def client(name: str) -> dict[str, str]:
    """Return what an account's option file says."""
    parser = configparser.RawConfigParser()
    parser.read(f"{ARGUMENTS['secrets']}/{name}.cnf")
    return dict(parser["client"])


def user_of(site: dict[str, Any]) -> str:
    """Return who runs the PHP of a site."""
    with page(site["document_root"], PAGE) as path:
        return str(json.loads(web(f"/{path.name}", tls=site["https"], name=site["server_name"])["body"])["user"])


def ask(fields: dict[str, str] | None) -> dict[str, Any]:
    """Ask the page over every way in."""
    body = urllib.parse.urlencode(fields) if fields else None
    with page(ROOT, PAGE) as path:
        ways = {"http": False, "https": True} if ARGUMENTS["https"] else {"http": False}
        return {
            way: web(f"/{path.name}", tls=tls, name=NAME, method="POST" if body else "GET", body=body)
            for way, tls in ways.items()
        }


def ask_for_row(engine: str, database: str, account: str | None) -> dict[str, Any]:
    """Let the page read a row that only the database has."""
    table, word = f"koor_verify_{secrets.token_hex(8)}", secrets.token_hex(8)

    def sql(text: str) -> None:
        code, _, complaint = run(*(part.format(database) for part in ADMINISTRATOR[engine]), stdin=text)
        if code:
            sys.exit(complaint)

    fields = {"driver": DRIVERS[engine], "table": table, "database": SQLITE.format(database)}
    grant = ""
    if account:
        fields |= client(f"{engine}-{account}") | {"database": database}
        grant = (
            f"GRANT SELECT ON {table} TO {account};" if engine == "postgresql" else ""
        )  # only its owner's are its own
    try:
        sql(f"CREATE TABLE {table} (word TEXT); INSERT INTO {table} VALUES ('{word}'); {grant}")  # noqa: S608 - our own names
        return {"word": word, "answers": ask(fields)}
    finally:
        sql(f"DROP TABLE IF EXISTS {table};")


def ask_twice(cache: str) -> dict[str, Any]:
    """Let the page put something into the cache, and then find it over every way in."""
    fields = {"cache": cache, "key": f"koor-verify-{secrets.token_hex(8)}", "word": secrets.token_hex(8)}
    fields |= client("redis") if cache == "redis" else {}
    ask(fields)
    return {"word": fields["word"], "answers": ask(fields)}


steps: dict[str, Callable[[], dict[str, Any]]] = {
    f"row from {one['engine']}": lambda one=one: ask_for_row(**one) for one in ARGUMENTS["databases"]
}
if ARGUMENTS["cache"]:
    steps["cached"] = lambda: ask_twice(ARGUMENTS["cache"])
users = {site["name"]: user_of(site) for site in ARGUMENTS["sites"]}
answer({"page": ask(None), "users": users, "found": {name: step() for name, step in steps.items()}})
