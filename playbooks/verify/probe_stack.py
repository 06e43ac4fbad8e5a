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
WAYS = ("http", "https") if ARGUMENTS["https"] else ("http",)
SQLITE = "/var/lib/koor/sqlite/{}.db"
PAGE = """<?php
header('X-Frame-Options: DENY');
$row = $cached = null;
$able = [];
$given = fn($name) => $_POST[$name] ?? '';
if ($given('driver')) {
    $database = new PDO($given('driver') === 'sqlite' ? "sqlite:{$given('database')}"
        : "{$given('driver')}:host={$given('host')};port={$given('port')};dbname={$given('database')}",
        $given('user'), $given('password'));
    if ($given('table')) {
        $row = $database->query("SELECT word FROM {$given('table')}")->fetchColumn();
    }
    foreach (json_decode($given('tries') ?: '{}', true) as $work => $statement) {
        try {
            $database->query($statement);
            $able[] = $work;
        } catch (PDOException) {
        }
    }
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
echo json_encode([
    'row' => $row, 'cached' => $cached, 'able' => $able, 'https' => $https, 'interface' => PHP_SAPI, 'user' => $user,
]);
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
# In this order: whoever may do it all leaves the table as it was.
WORK = {
    "INSERT": "INSERT INTO {table} VALUES ('tried')",
    "SELECT": "SELECT word FROM {table}",
    "UPDATE": "UPDATE {table} SET word = 'changed' WHERE word = 'tried'",
    "DELETE": "DELETE FROM {table} WHERE word = 'changed'",
    "CREATE": "CREATE TABLE {table}_2 (word TEXT)",
}


def client(name: str) -> dict[str, str]:
    """Return what an account's option file says."""
    parser = configparser.RawConfigParser()
    parser.read(f"{ARGUMENTS['secrets']}/{name}.cnf")
    return dict(parser["client"])


def user_of(site: dict[str, Any]) -> str:
    """Return who runs the PHP of a site."""
    with page(site["document_root"], PAGE) as path:
        return str(json.loads(web(f"/{path.name}", tls=site["https"], name=site["server_name"])["body"])["user"])


def ask(fields: dict[str, str] | None, ways: tuple[str, ...] = WAYS) -> dict[str, Any]:
    """Ask the page over every way in, or over some."""
    body = urllib.parse.urlencode(fields) if fields else None
    with page(ROOT, PAGE) as path:
        return {
            way: web(f"/{path.name}", tls=way == "https", name=NAME, method="POST" if body else "GET", body=body)
            for way in ways
        }


def able(engine: str, database: str, account: str, tries: dict[str, str]) -> list[str]:
    """Return what an account can do of some work, each tried once through the page."""
    fields = client(f"{engine}-{account}") | {
        "database": database,
        "driver": DRIVERS[engine],
        "tries": json.dumps(tries),
    }
    (answered,) = ask(fields, WAYS[-1:]).values()
    return json.loads(answered["body"])["able"]


def ask_for_row(engine: str, database: str, reader: str | None, accounts: dict[str, list[str]]) -> dict[str, Any]:
    """Let the page read a row that only the database has, and try all work with each account."""
    table, word = f"koor_verify_{secrets.token_hex(8)}", secrets.token_hex(8)

    def sql(text: str) -> None:
        code, _, complaint = run(*(part.format(database) for part in ADMINISTRATOR[engine]), stdin=text)
        if code:
            sys.exit(complaint)

    create = f"CREATE TABLE {table} (word TEXT)"
    tries = {work: statement.format(table=table) for work, statement in WORK.items()}
    fields = {"driver": DRIVERS[engine], "table": table, "database": SQLITE.format(database)}
    if reader:
        fields |= client(f"{engine}-{reader}") | {"database": database}
    try:
        makers = [name for name, privileges in accounts.items() if "CREATE" in privileges]
        if makers:
            able(engine, database, makers[0], {"CREATE": create})
        else:
            sql(f"{create};")
        sql(f"INSERT INTO {table} VALUES ('{word}');")  # noqa: S608 - our own names
        answers = ask(fields)
        return {
            "word": word,
            "answers": answers,
            "able": {name: able(engine, database, name, tries) for name in accounts},
        }
    finally:
        sql(f"DROP TABLE IF EXISTS {table}; DROP TABLE IF EXISTS {table}_2;")


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
