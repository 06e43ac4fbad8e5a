"""What PHP's test wants to know, found out on the target."""

import json
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, fastcgi, page, run, unit, web

SOCKET = "/run/php/koor.sock"
TELL = """
$names = ['memory_limit', 'upload_max_filesize', 'post_max_size', 'max_execution_time', 'max_input_time',
          'date.timezone', 'display_errors'];
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
"""


def ask_web() -> dict[str, Any]:
    """Run a script as a visitor's request would."""
    if ARGUMENTS["handler"] == "fpm":
        with page("/run", f"<?php {TELL}") as script:
            return fastcgi(SOCKET, script)
    with page(ARGUMENTS["document_root"], f"<?php {TELL}") as script:
        return web(f"/{script.name}", tls=ARGUMENTS["https"], name=ARGUMENTS["server_name"])


def socket_access() -> dict[str, str]:
    """Return who may speak to FPM, if it is there."""
    path = Path(SOCKET)
    if not path.is_socket():
        return {}
    return {"owner": path.owner(), "group": path.group(), "mode": f"{path.stat().st_mode & 0o777:o}"}


_, command_line, complaints = run("php", "-r", TELL)
cli = json.loads(command_line)
response = ask_web()
answer(
    {
        "cli": cli,
        "cli_complaints": complaints,
        "web": json.loads(response["body"]),
        "web_headers": dict(response["headers"]),
        "socket": socket_access(),
        "other_sockets": [
            str(path) for path in Path("/run/php").glob("*.sock") if path.is_socket() and str(path) != SOCKET
        ],
        "unit": unit(f"php{cli['version']}-fpm.service"),
    }
)
