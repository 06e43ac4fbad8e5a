"""What Memcached's test wants to know, found out on the target."""

import json
import secrets
import socket
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, listening, run, unit

PORT = 11211
PAGE = """
$given = json_decode(stream_get_contents(STDIN), true);
$cache = new Memcached();
$cache->addServer('127.0.0.1', 11211);
$cache->set($given['key'], $given['word'], 60);
$hits = fn() => $cache->getStats()['127.0.0.1:11211']['get_hits'];
$before = $hits();
$word = $cache->get($given['key']);
echo json_encode(['word' => $word, 'hits' => $hits() - $before]);
$cache->delete($given['key']);
"""


def settings() -> dict[str, str]:
    """Return the settings that the running server has."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as connection:
        stream = connection.makefile("rwb")
        stream.write(b"stats settings\r\n")
        stream.flush()
        lines = iter(lambda: stream.readline().decode().split(), ["END"])
        return {words[1]: " ".join(words[2:]) for words in lines}


def php_hit() -> dict[str, Any]:
    """Let PHP write something and find it again."""
    given = {"key": f"koor-verify-{secrets.token_hex(8)}", "word": secrets.token_hex(8)}
    _, out, complaint = run("php", "-r", PAGE, stdin=json.dumps(given))
    try:
        told = json.loads(out)
    except ValueError:
        return {"complaint": complaint[-500:]}
    return {"hits": told["hits"], "same": told["word"] == given["word"]}


lines = Path("/etc/memcached.conf").read_text(encoding="utf-8").splitlines()
udp = Path("/proc/net/udp").read_text(encoding="ascii") + Path("/proc/net/udp6").read_text(encoding="ascii")
facts: dict[str, Any] = {
    "unit": unit("memcached.service"),
    "addresses": listening(PORT),
    "other_cache": (unit("redis-server.service")["ActiveState"], listening(6379)),
    "udp": f":{PORT:04X} " in udp,
    "configured": dict(line.split(" ", 1) for line in lines if line.startswith("-")),
    "running": settings(),
    "user": run("ps", "-o", "user=", "-C", "memcached")[1].split(),
}
if ARGUMENTS["php"]:
    facts["php"] = php_hit()
answer(facts)
