"""What the test of any web server wants to know, found out on the target."""

import socket
import ssl
import tempfile
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, any_certificate, open_logs, page, rotated_logs, run, unit, web


def handshake(name: str, newest: ssl.TLSVersion) -> dict[str, Any]:
    """Try TLS up to a version; this machine's own floor is lowered, so that a refusal is the server's."""
    context = any_certificate()
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    context.set_alpn_protocols(["h2", "http/1.1"])
    try:
        with (
            socket.create_connection(("127.0.0.1", 443), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=name or None) as secure,
        ):
            return {"version": secure.version(), "protocol": secure.selected_alpn_protocol()}
    except (OSError, ssl.SSLError) as problem:
        return {"refused": str(problem)}


def visit(site: dict[str, Any]) -> dict[str, Any]:
    """Ask for everything that a visitor of a site should get, and for what he should not."""
    root, name, https = site["document_root"], site["server_name"], site["https"]
    found: dict[str, Any] = {
        "plain": web("/", tls=False, name=name),
        "trace": web("/", tls=https, name=name, method="TRACE")["status"],
    }
    if https:
        found["secure"] = web("/", tls=True, name=name)
        found["newest"] = handshake(name, ssl.TLSVersion.MAXIMUM_SUPPORTED)
        found["old"] = handshake(name, ssl.TLSVersion.TLSv1_1)
    with page(root, "secret", suffix="", name=".koor-verify") as hidden:
        found["hidden"] = web(f"/{hidden.name}", tls=https, name=name)["status"]
    with page(root, "word of " + site["name"], suffix=".txt") as file:
        found["own"] = web(f"/{file.name}", tls=https, name=name)["body"]
    with tempfile.TemporaryDirectory(prefix="koor-verify-", dir=root) as folder:
        Path(folder).chmod(0o755)
        found["listing"] = web(f"/{Path(folder).name}/", tls=https, name=name)["status"]
    return found


def key_access(path: Path) -> str:
    """Return who may read a key."""
    return f"{path.owner()}:{path.stat().st_mode & 0o777:o}"


answer(
    {
        "units": {name: unit(its) for name, its in ARGUMENTS["units"].items()},
        "self_test": run(*ARGUMENTS["self_test"])[0],
        "sites": {site["name"]: visit(site) for site in ARGUMENTS["sites"]},
        "keys": {str(path): key_access(path) for path in Path("/etc/ssl/koor").glob("*.key")},
        "open_logs": open_logs(ARGUMENTS["units"][ARGUMENTS["server"]]),
        "rotated_logs": rotated_logs(),
        "log_rotation": unit("logrotate.timer"),
    }
)
