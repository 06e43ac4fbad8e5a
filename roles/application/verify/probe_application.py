"""What the application's test wants to know, found out on the target; of passwords only whether they are the first."""

import http.client
import json
import re
import socket
import urllib.parse
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, MARIADB, answer, any_certificate, run, web

ROOT, NAME, TLS = Path(ARGUMENTS["document_root"]), ARGUMENTS["server_name"], ARGUMENTS["https"]
STATE, SECRETS = Path("/var/lib/koor/application"), Path("/etc/koor-provision/secrets")
LOGINS = (
    "$c = require $argv[1]; echo json_encode(array_map(fn($m) => $m['login'], $c['db']['core']['masters']));"
    "fwrite(STDERR, json_encode(array_keys($c['app']['domains'] ?? [])));"
)
STILL = '[$word, $hash] = explode("\\n", stream_get_contents(STDIN)); exit(password_verify($word, $hash) ? 0 : 1);'


def rows(statement: str) -> list[list[str]]:
    """Ask the application's database as root."""
    _, out, _ = run(*MARIADB, "--raw", "--skip-column-names", ARGUMENTS["database"], stdin=statement)
    return [line.split("\t") for line in out.splitlines()]


def entries(kind: str) -> list[str]:
    """Return what all of a kind are called, whatever letters the client knows."""
    return [bytes.fromhex(row[0]).decode(errors="replace") for row in rows(f"SELECT HEX({kind}_name) FROM `{kind}`")]  # noqa: S608


def access(name: str) -> str:
    """Return whose a file is, and who may do what with it."""
    path = ROOT / name
    return f"{path.owner()}:{path.stat().st_mode & 0o7777:o}" if path.exists() else "missing"


def first_password() -> str:
    """Return the first administrator's password while it is still theirs: a wrong one would lock the account."""
    secret = SECRETS / "application-admin.cnf"
    if not secret.is_file():
        return ""
    found = re.search(r"^password=(.+)$", secret.read_text(encoding="ascii"), re.MULTILINE)
    hashes = rows("SELECT account_password FROM account WHERE account_login = 'admin'")
    if not found or not hashes:
        return ""
    still = run("php", "-r", STILL, stdin=f"{found[1]}\n{hashes[0][0]}")[0] == 0
    return found[1] if still else ""


def signed_in(password: str) -> dict[str, int]:
    """Sign in over the web as a person would; return what each step answers."""
    port = 443 if TLS else 80
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection = http.client.HTTPConnection("127.0.0.1", timeout=20)
    connection.sock = any_certificate().wrap_socket(plain, server_hostname=NAME or None) if TLS else plain
    headers = {"Host": NAME} if NAME else {}
    body = urllib.parse.urlencode({"user": "admin", "pass": password})
    connection.request(
        "POST", "/en/api/login", body=body, headers={**headers, "Content-Type": "application/x-www-form-urlencoded"}
    )
    login = connection.getresponse()
    cookies = "; ".join(value.partition(";")[0] for name, value in login.getheaders() if name.lower() == "set-cookie")
    login.read()
    connection.request("GET", "/en/backend", headers={**headers, "Cookie": cookies})
    backend = connection.getresponse()
    return {"login": login.status, "backend": backend.status, "length": len(backend.read())}


def grants() -> dict[str, list[str]]:
    """Return what each account may do, as the server says it."""
    return {
        name: sorted(row[0].partition(" TO ")[0] for row in rows(f"SHOW GRANTS FOR '{name}'@'127.0.0.1'"))
        for name in ARGUMENTS["accounts"]
    }


_, logins, domains = run("php", "-r", LOGINS, str(ROOT / "config.php"))
password = first_password()
record = STATE / "entered.json"
found: dict[str, Any] = {
    "entries": {kind: entries(kind) for kind in ("unit", "department", "position", "group")},
    "entered": json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {},
    "pages": {
        path: web(path, tls=TLS, name=NAME) for path in ("/", "/api", "/config.php", "/Install/cli.php", "/cli.php")
    },
    "logins": json.loads(logins or "{}"),
    "domains": json.loads(domains or "[]"),
    "access": {name: access(name) for name in ("config.php", ".htaccess", "index.php")},
    "installer": (ROOT / "Install").exists(),
    "deployed": json.loads((STATE / "deployed.json").read_text(encoding="utf-8")),
    "kept": f"{(SECRETS / 'application-admin.cnf').stat().st_mode & 0o777:o}",
    "counts": {
        "tables": len(rows("SHOW TABLES")),
        # Whatever their status: one that nobody uses is hidden by being deactivated (R12).
        "modules": int((rows("SELECT COUNT(*) FROM module") or [["0"]])[0][0]),
        "apps": int((rows("SELECT COUNT(*) FROM app") or [["0"]])[0][0]),
    },
    "admins": rows(
        "SELECT COUNT(*) FROM account_group JOIN `group` ON account_group_group = group_id WHERE group_name = 'admin'"
    ),
    "localisation": int((rows("SELECT COUNT(*) FROM l11n") or [["0"]])[0][0]),
    "accounts": grants(),
    "installing_account": rows("SELECT COUNT(*) FROM mysql.global_priv WHERE user = 'koor_install'"),
    "signed_in": signed_in(password) if password else None,
}
answer(found)
