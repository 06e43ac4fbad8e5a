"""What Redis's test wants to know, found out on the target. The password goes to PHP through its standard input."""

import configparser
import json
import secrets
import socket
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, listening, run, unit

SECRET = Path(ARGUMENTS["secrets"], "redis.cnf")
ACCOUNT = Path("/etc/redis/koor-account.conf")
ADMINISTRATION = (("CONFIG", "GET", "dir"), ("SHUTDOWN", "NOSAVE"), ("ACL", "LIST"), ("MODULE", "LIST"))
PAGE = """
$given = json_decode(stream_get_contents(STDIN), true);
$cache = new Redis();
$cache->connect($given['host'], (int) $given['port']);
$cache->auth($given['password']);
$cache->set($given['key'], $given['word'], 60);
$hits = $cache->info('stats')['keyspace_hits'];
$word = $cache->get($given['key']);
echo json_encode(['word' => $word, 'hits' => $cache->info('stats')['keyspace_hits'] - $hits]);
$cache->del($given['key']);
"""


def access(path: Path) -> str:
    """Return who may read a path."""
    return f"{path.owner()}:{path.group()}:{path.stat().st_mode & 0o777:o}"


class Client:
    """Just enough of the protocol; the command-line client would want the password in its environment."""

    def __init__(self) -> None:
        self.stream = socket.create_connection(("127.0.0.1", 6379), timeout=10).makefile("rwb")

    def ask(self, *words: str) -> str:
        """Send a command; return its answer, or its error with a minus before it."""
        self.stream.write(f"*{len(words)}\r\n".encode())
        for word in words:
            self.stream.write(f"${len(word.encode())}\r\n{word}\r\n".encode())
        self.stream.flush()
        line = self.stream.readline().decode().rstrip()
        if line.startswith("$") and line != "$-1":
            return self.stream.read(int(line[1:]) + 2).decode().rstrip()
        return line


def php_hit(client: dict[str, str]) -> dict[str, Any]:
    """Let PHP write something and find it again."""
    given = {**client, "key": f"koor-verify-{secrets.token_hex(8)}", "word": secrets.token_hex(8)}
    _, out, complaint = run("php", "-r", PAGE, stdin=json.dumps(given))
    try:
        told = json.loads(out)
    except ValueError:
        return {"complaint": complaint.replace(client["password"], "***")[-500:]}
    return {"hits": told["hits"], "same": told["word"] == given["word"]}


parser = configparser.RawConfigParser()
parser.read(SECRET)
password = parser["client"]["password"]
stranger, friend = Client(), Client()
welcome = friend.ask("AUTH", password)
info = dict(line.split(":", 1) for line in friend.ask("INFO", "everything").split("\r\n") if ":" in line)
keeps = ("maxmemory", "maxmemory_policy", "aof_enabled", "rdb_last_save_time")
facts: dict[str, Any] = {
    "unit": unit("redis-server.service"),
    "addresses": listening(6379),
    "other_cache": (unit("memcached.service")["ActiveState"], listening(11211)),
    "secret": access(SECRET),
    "secrets": access(SECRET.parent),
    "account": access(ACCOUNT),
    "password_in_account": password in ACCOUNT.read_text(encoding="ascii"),
    "stranger": stranger.ask("GET", "x"),
    "wrong": Client().ask("AUTH", "wrong"),
    "welcome": welcome,
    "info": {name: info[name] for name in keeps},
    "administration": {" ".join(words): friend.ask(*words)[:7] for words in ADMINISTRATION},
    "configured": dict(
        line.split(" ", 1)
        for line in Path("/etc/redis/koor.conf").read_text(encoding="utf-8").splitlines()
        if line.startswith("maxmemory")
    ),
}
if ARGUMENTS["php"]:
    facts["php"] = php_hit(dict(parser["client"]))
answer(facts)
