"""What nginx's test wants to know, found out on the target."""

import socket
import ssl
import tempfile
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, any_certificate, listening, page, run, unit, web

ROOT, NAME = ARGUMENTS["document_root"], ARGUMENTS["server_name"]


def handshake(newest: ssl.TLSVersion) -> dict[str, Any]:
    """Try TLS up to a version; this machine's own floor is lowered, so that a refusal is the server's."""
    context = any_certificate()
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    context.set_alpn_protocols(["h2", "http/1.1"])
    try:
        with (
            socket.create_connection(("127.0.0.1", 443), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=NAME or None) as secure,
        ):
            return {"version": secure.version(), "protocol": secure.selected_alpn_protocol()}
    except (OSError, ssl.SSLError) as problem:
        return {"refused": str(problem)}


def key_access(path: Path) -> str:
    """Return who may read a key."""
    return f"{path.owner()}:{path.stat().st_mode & 0o777:o}"


facts: dict[str, Any] = {
    "plain": web("/", tls=False, name=NAME),
    "trace": web("/", tls=ARGUMENTS["https"], name=NAME, method="TRACE")["status"],
    "unit": unit("nginx.service"),
    "rival": unit("apache2.service"),
    "test": run("nginx", "-t", "-q")[0],
    "plain_addresses": listening(80),
    "keys": {str(path): key_access(path) for path in Path("/etc/ssl/koor").glob("*.key")},
}
if ARGUMENTS["https"]:
    facts["secure"] = web("/", tls=True, name=NAME)
    facts["newest"] = handshake(ssl.TLSVersion.MAXIMUM_SUPPORTED)
    facts["old"] = handshake(ssl.TLSVersion.TLSv1_1)
with page(ROOT, "secret", suffix="", name=".koor-verify") as hidden:
    facts["hidden"] = web(f"/{hidden.name}", tls=ARGUMENTS["https"], name=NAME)["status"]
with tempfile.TemporaryDirectory(prefix="koor-verify-", dir=ROOT) as folder:
    Path(folder).chmod(0o755)
    facts["listing"] = web(f"/{Path(folder).name}/", tls=ARGUMENTS["https"], name=NAME)["status"]
answer(facts)
