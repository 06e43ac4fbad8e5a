"""What PHP's test wants to know, found out on the target."""

import json
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, fastcgi, open_logs, page, rotated_logs, run, unit, web

POOLS = {pool["name"]: pool["socket"] for pool in ARGUMENTS["pools"]}
TELL = """
$names = NAMES;
$status = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
echo json_encode([
    'version' => PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION,
    'interface' => PHP_SAPI,
    'user' => posix_getpwuid(posix_geteuid())['name'],
    'extensions' => array_map('strtolower', get_loaded_extensions()),
    'settings' => array_combine($names, array_map('ini_get', $names)),
    'opcache' => $status ? $status['opcache_enabled'] : false,
    'jit' => $status ? ($status['jit']['on'] ?? false) : false,
]);
""".replace("NAMES", json.dumps(ARGUMENTS["settings"]))


def ask_web() -> dict[str, dict[str, Any]]:
    """Run a script as a visitor's request would, in every pool."""
    if ARGUMENTS["handler"] == "fpm":
        with page("/run", f"<?php {TELL}") as script:
            return {name: fastcgi(socket, script) for name, socket in POOLS.items()}
    with page(ARGUMENTS["document_root"], f"<?php {TELL}") as script:
        return {"": web(f"/{script.name}", tls=ARGUMENTS["https"], name=ARGUMENTS["server_name"])}


def socket_access(path: Path) -> dict[str, str]:
    """Return who may speak to a pool."""
    return {"owner": path.owner(), "group": path.group(), "mode": f"{path.stat().st_mode & 0o777:o}"}


_, command_line, complaints = run("php", "-r", TELL)
cli = json.loads(command_line)
responses = ask_web()
service = f"php{cli['version']}-fpm.service"
answer(
    {
        "cli": cli,
        "cli_complaints": complaints,
        "web": {name: json.loads(one["body"]) for name, one in responses.items()},
        "web_headers": [name for one in responses.values() for name, _ in one["headers"]],
        "sockets": {str(path): socket_access(path) for path in Path("/run/php").glob("*.sock") if path.is_socket()},
        "unit": unit(service),
        "open_logs": open_logs(service) if ARGUMENTS["handler"] == "fpm" else [],
        "rotated_logs": rotated_logs(),
    }
)
