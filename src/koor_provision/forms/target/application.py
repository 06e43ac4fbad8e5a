"""What there is to know of the application here, for the install checklist (R12) and the yearly maintenance (R14)."""

import hashlib
import http.client
import os
import re
import socket
import ssl
import statistics
import time
from typing import Any

from koor_provision.forms.target.asking import Database, ends_well, kept, megabytes, present, read, said

STATE = "/var/lib/koor/application"
LEVELS = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
# Letters that cannot be seen, or that reorder others.
ODD = re.compile("[\u200b-\u200d\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
TEXTS = (".php", ".js", ".json", ".html", ".css", ".md", ".sql")
# Gone from the language, or announced to go. A call is a name with a bracket that nothing stands before.
OLD = (
    "create_function", "each", "ereg", "eregi", "money_format", "mysql_connect", "mysql_query", "split", "strftime",
    "gmstrftime", "utf8_encode", "utf8_decode", "mcrypt_encrypt", "mcrypt_decrypt", "get_magic_quotes_gpc", "imap_open",
)  # fmt: skip
CALL = re.compile(rf"(?<![\w$>:\\])({'|'.join(OLD)})\s*\(")
DEFINED = re.compile(r"function\s+\w+")
MOST = 20
DOMAINS = "$c = require $argv[1]; echo implode(\"\\n\", array_keys($c['app']['domains'] ?? []));"
FIRST = '[$word, $hash] = explode("\\n", stream_get_contents(STDIN)); exit(password_verify($word, $hash) ? 0 : 1);'


def page(path: str, name: str, *, tls: bool) -> "tuple[int, str]":
    """Ask this machine's web server; what cannot be asked answers 0."""
    try:
        plain = socket.create_connection(("127.0.0.1", 443 if tls else 80), timeout=20)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPConnection("127.0.0.1", timeout=20)
        connection.sock = context.wrap_socket(plain, server_hostname=name or None) if tls else plain
        connection.request("GET", path, headers={"Host": name} if name else {})
        answer = connection.getresponse()
        return answer.status, answer.read(65536).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""


def front(name: str) -> "dict[str, Any]":
    """How the front page answers, and how long it takes: the middle of five."""
    found, times = [], []
    for _ in range(5):
        began = time.perf_counter()
        found.append(page("/", name, tls=True))
        times.append(time.perf_counter() - began)
    return {
        "status": found[-1][0],
        "title": re.search(r"<title[^>]*>\s*[^<\s]", found[-1][1]) is not None,
        "milliseconds": round(statistics.median(times) * 1000),
        "api": page("/api", name, tls=True)[0],
    }


def organisation(base: Database) -> "dict[str, int | None]":
    """How many there are of what the form counts; the application's own groups are not the customer's work."""
    active = base.column("module", "module_status", "module_active")
    shown = base.column("nav", "nav_status")
    return {
        "units": base.count("unit"),
        "departments": base.count("department"),
        "positions": base.count("position"),
        "groups": base.count("group", "group_name NOT IN ('guest', 'user', 'admin')"),
        "modules": base.count("module", f"{active} = 1") if active else None,
        "hidden": base.count("module", f"{active} <> 1") if active else None,
        "navigation": base.count("nav", f"{shown} = 1") if shown else None,
        "localisation": base.count("l11n"),
        "accounts": base.count("account", "account_status = 1"),
        "employees": base.count("hr_staff"),
        "administrators": base.count(
            "account",
            "account_status = 1 AND account_id IN (SELECT account_group_account FROM account_group JOIN `group` "
            "ON account_group_group = group_id WHERE group_name = 'admin')",
        ),
        "tables": len(base.tables()),
    }


def logs(root: str) -> "dict[str, int]":
    """How many messages of each level lie in the application's logs; not what they say."""
    folder = os.path.join(root, "Logs")
    if not os.path.isdir(folder):
        return {}
    found = dict.fromkeys(LEVELS, 0)
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".log"):
            continue
        for line in read(os.path.join(folder, name)).splitlines():
            parts = line.split("; ")
            if len(parts) > 1 and parts[1].strip() in found:
                found[parts[1].strip()] += 1
    return found


def files(root: str) -> "dict[str, Any]":
    """Changes against the version that was deployed, and what looks odd in the texts of programs."""
    manifest = kept(f"{STATE}/manifest.json")
    there = {name for name in manifest if os.path.isfile(os.path.join(root, name))}
    changed = [name for name in sorted(there) if _digest(os.path.join(root, name)) != manifest[name]]
    generated = [name for name in changed if name.startswith("Web/") or name.endswith(("Routes.php", "Hooks.php"))]
    texts = {name: read(os.path.join(root, name)) for name in _texts(root)}
    programs = {name: text for name, text in texts.items() if name.endswith(".php")}
    strange = [name for name in programs if name not in manifest and not name.startswith(("Web/", "config.php"))]
    return {
        "known": len(manifest),
        "changed": [name for name in changed if name not in generated][:MOST],
        "generated": len(generated),
        "missing": sorted(manifest.keys() - there)[:MOST],
        "strange": strange[:MOST],
        "odd": [name for name, text in texts.items() if ODD.search(text)][:MOST],
        "old_calls": _old_calls(programs),
    }


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _texts(root: str) -> "list[str]":
    found = []
    for place, folders, names in os.walk(root):
        folders.sort()
        found += [os.path.relpath(os.path.join(place, name), root) for name in sorted(names) if name.endswith(TEXTS)]
    return found


def _old_calls(programs: "dict[str, str]") -> "dict[str, int]":
    found: dict[str, int] = {}
    for text in programs.values():
        for call in CALL.findall(DEFINED.sub("", text)):
            found[call] = found.get(call, 0) + 1
    return found


def first_password(base: Database) -> bool:
    """Whether the first administrator still has the password that was made here."""
    found = re.search(r"^password=(.+)$", read("/etc/koor-provision/secrets/application-admin.cnf"), re.MULTILINE)
    hashes = base.rows("SELECT account_password FROM account WHERE account_login = 'admin'")
    if not found or not hashes:
        return False
    return ends_well("php", "-r", FIRST, stdin=f"{found[1]}\n{hashes[0][0]}")


def application(root: str, name: str, database: str) -> "dict[str, Any]":
    """All of it."""
    base = Database(database)
    return {
        "deployed": kept(f"{STATE}/deployed.json"),
        "entered": kept(f"{STATE}/entered.json"),
        "configured": present(os.path.join(root, "config.php")),
        "installer": present(os.path.join(root, "Install")),
        "domains": said("php", "-r", DOMAINS, os.path.join(root, "config.php")).split(),
        "front": front(name),
        "counts": organisation(base),
        "logs": logs(root),
        "files": files(root),
        "storage_mb": megabytes(root),
        "first_password": first_password(base),
        "crontab": len(
            [line for line in said("crontab", "-u", "www-data", "-l").splitlines() if line and line[0] != "#"]
        ),
    }
