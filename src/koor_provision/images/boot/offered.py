"""What a machine must be able to do, by what was ordered for it: pages, databases, caches, open ports."""

import base64
import json
import secrets
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from koor_provision.errors import RunError
from koor_provision.images.boot.console import Console
from koor_provision.models.components import Component, Role, kind_of

ASK_SECONDS = 300
_LINE = 3_000
"""A terminal takes 4095 letters in one line."""
_ALWAYS_OPEN = {"tcp 22", "udp 68", "udp 546"}
"""SSH, and the answers of DHCP."""
_OF_A_WEB_SERVER = {"tcp 80", "tcp 443"}
_PROGRAM, _GIVEN = "/root/koor-inside", "/root/koor-given"
Fetch = Callable[[str], str]


@dataclass(frozen=True)
class Offer:
    """What was ordered.

    Attributes:
        web: the web server, or nothing.
        php: how PHP runs (`fpm`, `mod_php`), or nothing.
        databases: of each kind its database.
        caches: Redis, Memcached.
    """

    web: str
    php: str
    databases: tuple[tuple[str, str], ...]
    caches: tuple[str, ...]

    @property
    def keys(self) -> set[str]:
        """Files with secrets that each machine must have made for itself."""
        found = {f"/etc/koor-provision/secrets/{kind}-{name}_select.cnf" for kind, name in self.databases
                 if kind != "sqlite"}  # fmt: skip
        found |= {"/etc/ssl/koor/koor.key"} if self.web else set()
        return found | ({"/etc/koor-provision/secrets/redis.cnf"} if "redis" in self.caches else set())

    @property
    def sized(self) -> bool:
        """Whether something in it follows the machine's memory and cores."""
        return (self.php == "fpm" and bool(self.web)) or any(kind == "mariadb" for kind, _ in self.databases)

    @property
    def asked(self) -> str:
        """What a machine is asked for, in words."""
        if self.php and self.web:
            return "serves a page that PHP makes" + (" from the database" if self.databases else "")
        things = [self.web, "PHP" if self.php else "", *(kind for kind, _ in self.databases), *self.caches]
        return f"answers for {', '.join(thing for thing in things if thing) or 'what is in it'}"

    @property
    def open(self) -> set[str]:
        """Ports that others may reach."""
        return _ALWAYS_OPEN | self.must_be_open

    @property
    def must_be_open(self) -> set[str]:
        """Ports that others must reach."""
        return {"tcp 22"} | (_OF_A_WEB_SERVER if self.web else set())


def offer_of(components: Iterable[Component]) -> Offer:
    """What these components make of a machine."""
    named = {one.component: one for one in components}
    return Offer(
        web=next((name for name in named if kind_of(name) is Role.WEB), ""),
        php=str(getattr(named.get("php"), "handler", "")),
        databases=tuple((name, str(getattr(one, "database", ""))) for name, one in named.items()
                        if kind_of(name) is Role.DATABASE),
        caches=tuple(name for name in named if kind_of(name) is Role.CACHE),
    )  # fmt: skip


def answers(console: Console, fetch: Fetch, offer: Offer, waiting: Callable[..., str]) -> frozenset[str]:
    """Ask for everything that the offer has.

    Args:
        waiting: asks again until an answer is good.

    Returns:
        Ports that are open to others, as `tcp 22`.

    Raises:
        RunError: something does not answer as it should.
    """
    mark = f"koor {secrets.randbelow(10**6)} "
    page = page_of(offer, mark)
    name = f"probe-{secrets.token_hex(8)}{'.php' if offer.php else '.txt'}"
    where = f"/var/www/koor/{name}" if offer.web else f"/root/{name}"
    wanted = {"page": {"file": where, "text": page} if page else None,
              "ask": [*offer.databases, *((cache, "") for cache in offer.caches)]}  # fmt: skip
    try:
        said = _inside(console, wanted)
        problems = [f"{kind} answered {answer!r}" for kind, answer in said["answers"].items() if answer != "42"]
        if page and offer.web:
            problems += problems_of(waiting(lambda: fetch(f"/{name}"), lambda text: mark in text), offer, mark)
        elif page:
            problems += problems_of(console.run(f"php {where}", ASK_SECONDS), offer, mark)
    finally:
        console.run(f"rm -f {where} {_PROGRAM} {_GIVEN}")
    if problems:
        raise RunError("; ".join(problems), where=console.name, hint="look at the journal in the machine")
    return frozenset(said["open"])


def problems_of(answer: str, offer: Offer, mark: str) -> list[str]:
    """What is wrong with the answer of the page."""
    for kind, _ in offer.databases if offer.php else ():
        if f"{mark}{kind}" not in answer:
            return [f"the page answered {answer[:300]!r}, nothing from {kind}"]
    if mark not in answer:
        return [f"the page answered {answer[:300]!r}"]
    how = {"fpm": "fpm-fcgi", "mod_php": "apache2handler"}.get(offer.php, "")
    return [] if not offer.web or how in answer else [f"PHP does not run as {offer.php}: {answer[:300]!r}"]


def page_of(offer: Offer, mark: str) -> str:
    """The page: PHP that writes to each database and reads from it; without PHP a text; empty where nothing serves."""
    if not offer.php:
        return f"{mark}\n" if offer.web else ""
    parts = [
        _PAGES[kind].replace("DATABASE", name).replace("NUMBER", mark.split()[1]) for kind, name in offer.databases
    ]
    return "<?php\n" + "".join(parts) + f'echo "{mark} ", PHP_VERSION, " ", PHP_SAPI, "\\n";\n'


_SERVER = """
$KIND = fn($work, $password) => new PDO("DSN:host=127.0.0.1;dbname=DATABASE", "DATABASE_$work", $password);
$schema = $KIND("schema", "@KIND-DATABASE_schema@");
$schema->exec("CREATE TABLE koor_probe (number INT)");
try {
    $KIND("insert", "@KIND-DATABASE_insert@")->exec("INSERT INTO koor_probe VALUES (NUMBER)");
    $read = $KIND("select", "@KIND-DATABASE_select@")->query("SELECT SUM(number) FROM koor_probe")->fetchColumn();
} finally {
    $schema->exec("DROP TABLE koor_probe");
}
echo "koor $read KIND\\n";
"""
_SQLITE = """
$file = new PDO("sqlite:/var/lib/koor/sqlite/DATABASE.db");
$file->beginTransaction();
$file->exec("CREATE TABLE koor_probe (number INT)");
$file->exec("INSERT INTO koor_probe VALUES (NUMBER)");
echo "koor ", $file->query("SELECT SUM(number) FROM koor_probe")->fetchColumn(), " sqlite\\n";
$file->rollBack();
"""
_PAGES = {
    "mariadb": _SERVER.replace("KIND", "mariadb").replace("DSN", "mysql"),
    "postgresql": _SERVER.replace("KIND", "postgresql").replace("DSN", "pgsql"),
    "sqlite": _SQLITE,
}


def _inside(console: Console, wanted: dict[str, Any]) -> dict[str, Any]:
    program = files("koor_provision.images.boot").joinpath("inside.py").read_bytes()
    _put(console, _PROGRAM, program)
    _put(console, _GIVEN, json.dumps(wanted).encode())
    said: dict[str, Any] = json.loads(console.run(f"python3 {_PROGRAM} {_GIVEN}", ASK_SECONDS).splitlines()[-1])
    return said


def _put(console: Console, file: str, content: bytes) -> None:
    """Have a file in the machine, which is reached by a terminal only."""
    packed = base64.b64encode(zlib.compress(content, 9)).decode()
    console.run(f"umask 077; rm -f {file}.packed")
    for at in range(0, len(packed), _LINE):
        console.run(f"echo {packed[at : at + _LINE]} >>{file}.packed")
    unpack = "import base64, sys, zlib; sys.stdout.buffer.write(zlib.decompress(base64.b64decode(sys.stdin.read())))"
    console.run(f"python3 -c '{unpack}' <{file}.packed >{file} && rm {file}.packed", ASK_SECONDS)
