"""Tools of the probes; they run on the target, on Debian's own Python, and are sent along with each probe."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import secrets
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARIADB = ("mariadb", "--no-defaults", "--protocol=socket", "--skip-ssl", "--user=root", "--batch")
"""MariaDB's client as root, by the server's socket."""
ARGUMENTS: dict[str, Any] = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}


def answer(facts: dict[str, Any]) -> None:
    """Hand what was found to the test."""
    json.dump(facts, sys.stdout)


def run(*argv: str, stdin: str = "") -> tuple[int, str, str]:
    """Run a command; return its exit code, output and complaints."""
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def unit(name: str) -> dict[str, str]:
    """Return how systemd sees a unit."""
    _, out, _ = run("systemctl", "show", "--property=ActiveState,UnitFileState", "--", name)
    return dict(line.split("=", 1) for line in out.splitlines())


def listening(port: int) -> list[str]:
    """Return the local addresses, as the kernel writes them, on which something listens at a port."""
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, number = local.split(":")
            if state == "0A" and int(number, 16) == port:
                found.append(address)
    return found


def open_logs(name: str) -> list[str]:
    """Return the files in the log directory that a unit's main process holds open."""
    _, out, _ = run("systemctl", "show", "--property=MainPID", "--value", "--", name)
    held = {str(link.readlink()) for link in Path("/proc", out.strip(), "fd").iterdir()}
    return sorted(path for path in held if path.startswith("/var/log/"))


def rotated_logs() -> list[str]:
    """Return the files that logrotate looks after; it is only asked, and turns nothing over."""
    code, _, said = run("logrotate", "--debug", "/etc/logrotate.conf")
    return re.findall(r"^considering log (.+)$", said, re.MULTILINE) if code == 0 else []


@contextlib.contextmanager
def page(folder: str, text: str, suffix: str = ".php", name: str = "") -> Iterator[Path]:
    """Lay a file that anybody can read, under a name nobody can guess, for a moment."""
    path = Path(folder, f"{name or 'koor-verify'}-{secrets.token_hex(16)}{suffix}")
    try:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        yield path
    finally:
        path.unlink(missing_ok=True)


def any_certificate() -> ssl.SSLContext:
    """Return a client's side of TLS that asks for no trust: what is tested is the server, over loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def web(path: str, *, tls: bool, name: str = "", method: str = "GET", body: str | None = None) -> dict[str, Any]:
    """Ask the web server of this machine; no redirect is followed, and a certificate need not be trusted."""
    connection = http.client.HTTPConnection("127.0.0.1", timeout=10)
    if tls:  # by hand, since the server is told the name of the site and not the address that is called
        plain = socket.create_connection(("127.0.0.1", 443), timeout=10)
        connection.sock = any_certificate().wrap_socket(plain, server_hostname=name or None)
    headers = {"Host": name} if name else {}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return {
            "status": response.status,
            "headers": [[key.lower(), value] for key, value in response.getheaders()],
            "body": response.read(65536).decode(errors="replace"),
        }
    finally:
        connection.close()


def fastcgi(path: str, script: Path) -> dict[str, Any]:
    """Have FPM run a script, spoken to at its socket as a web server would."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0) + content

    def pair(name: str, value: str) -> bytes:
        return struct.pack("!BI", len(name), len(value) | 0x80000000) + name.encode() + value.encode()

    parameters = {"SCRIPT_FILENAME": str(script), "REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1"}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(path)
        connection.sendall(
            record(1, struct.pack("!HB5x", 1, 0))
            + record(4, b"".join(pair(name, value) for name, value in parameters.items()))
            + record(4, b"")
            + record(5, b"")
        )
        stream = connection.makefile("rb")
        out, errors = b"", b""
        while len(header := stream.read(8)) == 8:
            _, kind, _, length, padding, _ = struct.unpack("!BBHHBB", header)
            content = stream.read(length + padding)[:length]
            out += content if kind == 6 else b""
            errors += content if kind == 7 else b""
    head, _, body = out.decode(errors="replace").partition("\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.splitlines()]
    return {"headers": [[name.lower(), value] for name, value in lines], "body": body, "errors": errors.decode()}
