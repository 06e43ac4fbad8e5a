"""Asks a machine's databases and caches, and which ports are open. Runs in the machine, with Python alone.

Passwords are read where they lie: none is printed, or goes over the console.
"""

import glob
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

SECRETS = "/etc/koor-provision/secrets"
_LISTENS, _SOME_PORT = "0A", 32_768
_SECONDS = 60


def password(name: str) -> str:
    """What a file of secrets holds."""
    with open(f"{SECRETS}/{name}.cnf", encoding="utf-8") as file:  # noqa: PTH123  # few words: it goes over a console
        found = re.search(r"^password *= *(.+)$", file.read(), re.MULTILINE)
    if not found:
        raise ValueError(f"{name}.cnf holds no password")
    return found[1].strip()


def filled(page: str) -> str:
    """A page with the passwords that it names, as @NAME OF THE FILE@."""
    return re.sub(r"@([a-z0-9_-]+)@", lambda match: password(match[1]), page)


def _run(command: Sequence[str], given: str) -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=_SECONDS)
    return done.stdout.strip() if done.returncode == 0 else f"failed: {done.stderr.strip()[-300:]}"


def mariadb(name: str) -> str:
    """Read as the account that may read."""
    options = f"--defaults-extra-file={SECRETS}/mariadb-{name}_select.cnf"
    return _run(["mariadb", options, "--skip-column-names", name], "SELECT 6 * 7;")


def postgresql(name: str) -> str:
    """Read as the account that may read."""
    program = max(glob.glob("/usr/lib/postgresql/*/bin/psql"))  # noqa: PTH207
    file = f"PGSERVICEFILE={SECRETS}/postgresql-{name}_select.cnf"
    return _run(["env", "--chdir=/", file, program, "-Xwtqc", "SELECT 6 * 7", "-A", "service=client"], "")


def sqlite(name: str) -> str:
    """Write as the web's user, and take it back."""
    said = "BEGIN; CREATE TABLE probe (n INT); INSERT INTO probe VALUES (42); SELECT n FROM probe; ROLLBACK;"
    user = ["runuser", "--user", "www-data", "--", "sqlite3", "-batch", "-bail"]
    return _run([*user, f"/var/lib/koor/sqlite/{name}.db"], said)


def _talk(port: int, *lines: str) -> list[str]:
    with socket.create_connection(("127.0.0.1", port), _SECONDS) as connection:
        stream = connection.makefile("rwb")
        answers = []
        for line in lines:
            stream.write(line.encode() + b"\r\n")
            stream.flush()
            answers.append(stream.readline().decode().strip())
        return answers


def redis(_: str) -> str:
    """Nobody comes in without the password."""
    closed = _talk(6379, "PING")[0]
    opened = _talk(6379, f"AUTH {password('redis')}", "SET probe 42 EX 5", "PING")
    return "42" if closed.startswith("-NOAUTH") and opened[-2:] == ["+OK", "+PONG"] else f"{closed}, {opened[1:]}"


def memcached(_: str) -> str:
    """It keeps what it is given."""
    kept = _talk(11211, "set probe 0 5 2\r\n42", "get probe")
    return "42" if kept == ["STORED", "VALUE probe 0 2"] else f"{kept}"


ASK: Mapping[str, Callable[[str], str]] = {
    "mariadb": mariadb,
    "postgresql": postgresql,
    "sqlite": sqlite,
    "redis": redis,
    "memcached": memcached,
}


def listening(folder: str = "/proc/net") -> Iterator[str]:
    """Ports that others can reach, as `tcp 22`; not those of a question that was asked from here."""
    for table in ("tcp", "tcp6", "udp", "udp6"):
        path = os.path.join(folder, table)  # noqa: PTH118
        if not os.path.exists(path):  # noqa: PTH110
            continue
        with open(path, encoding="ascii") as file:  # noqa: PTH123
            rows = [line.split() for line in file.readlines()[1:]]
        for row in rows:
            address, port = row[1].split(":")
            number = int(port, 16)
            if table.startswith("tcp"):
                ours = row[3] == _LISTENS
            else:
                ours = not row[2].split(":")[0].strip("0") and number < _SOME_PORT
            if ours and not _local(address):
                yield f"{table[:3]} {number}"


def _local(address: str) -> bool:
    packed = b"".join(bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8))
    if len(packed) == 4 or packed.startswith(bytes(10) + b"\xff\xff"):  # noqa: PLR2004
        return packed[-4] == 127  # noqa: PLR2004
    return packed == bytes(15) + b"\x01"


def main(wanted: dict[str, Any]) -> dict[str, Any]:
    """Fill in the page, and ask everything."""
    if page := wanted["page"]:
        with open(page["file"], "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o400)) as file:
            file.write(filled(page["text"]))
        subprocess.run(["chown", "www-data:", page["file"]], check=True)
    answers = {}
    for kind, name in wanted["ask"]:
        try:
            answers[kind] = ASK[kind](name)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            answers[kind] = f"failed: {error}"
    return {"answers": answers, "open": sorted(set(listening()))}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as given:  # noqa: PTH123
        json.dump(main(json.load(given)), sys.stdout)
