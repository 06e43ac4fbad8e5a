"""What there is to know of the server and of its database, for the yearly maintenance (R10, R14)."""

import glob
import os
import re
import shutil
import socket
from typing import Any

from koor_provision.forms.target.asking import ROOT, Database, megabytes, read, said

PACKAGES = (
    "php*-common",
    "mariadb-server",
    "nginx",
    "apache2",
    "redis-server",
    "memcached",
    "openssl",
    "linux-image-*",
)


def machine() -> "dict[str, Any]":
    """Processor, memory, disk and system."""
    info = read("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+)", read("/proc/meminfo"), re.MULTILINE)
    name = re.search(r'^PRETTY_NAME="?([^"\n]+)', read("/etc/os-release"), re.MULTILINE)
    disk = shutil.disk_usage("/var")
    cards = [re.sub(r"^\S+ ", "", line) for line in said("lspci").splitlines() if re.search(r"VGA|3D controller", line)]
    spinning = [path for path in glob.glob("/sys/block/sd*/queue/rotational") if read(path).strip() == "1"]
    return {
        "system": name[1] if name else "",
        "kernel": os.uname().release,
        "processor": model[1] if model else "",
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": int(memory[1]) // 1024 if memory else 0,
        "graphics": cards or (["a device of the kernel's"] if glob.glob("/dev/dri/card*") else []),
        "disk_mb": disk.total >> 20,
        "free_mb": disk.free >> 20,
        "spinning": len(spinning),
        "updates": updates(),
    }


def versions() -> "dict[str, str]":
    """Installed versions of what an order brings."""
    form = "${Package}\t${db:Status-Abbrev}\t${Version}\n"
    # It fails where one pattern finds nothing, and tells the others all the same.
    rows = [line.split("\t") for line in said("dpkg-query", "-W", "-f", form, *PACKAGES, anyway=True).splitlines()]
    return {row[0]: row[2] for row in rows if len(row) == 3 and row[1].startswith("ii")}  # noqa: PLR2004


def updates() -> "int | None":
    """How many packages would be upgraded, by the lists that the server has; nothing is fetched."""
    unwritten = ("Debug::NoLocking=1", "Dir::Cache::pkgcache=", "Dir::Cache::srcpkgcache=")
    options = [word for setting in unwritten for word in ("-o", setting)]
    text = said("apt-get", "--simulate", "--quiet", *options, "upgrade")
    return len(re.findall(r"^Inst ", text, re.MULTILINE)) if text else None


def disabled_functions() -> "dict[str, list[str]]":
    """Functions that PHP does not let programs call, on the command line and for the web."""
    found = {"cli": said("php", "-r", "echo ini_get('disable_functions');")}
    for kind in ("fpm", "apache2"):
        for path in sorted(glob.glob(f"/etc/php/*/{kind}/php.ini") + glob.glob(f"/etc/php/*/{kind}/conf.d/*.ini")):
            line = re.search(r"^[ \t]*disable_functions[ \t]*=[ \t]*(.*)$", read(path), re.MULTILINE)
            if line:
                found[kind] = line[1]
    return {
        kind: [name for name in re.split(r"[,\s]+", text.strip().strip('"')) if name] for kind, text in found.items()
    }


def database(name: str) -> "dict[str, Any]":
    """How the database is: sound, quick, and with what of its data in memory."""
    base = Database(name)
    largest = base.rows(
        "SELECT table_name, ROUND((data_length + index_length) / 1048576), table_rows FROM information_schema.tables "
        f"WHERE table_schema = '{name}' ORDER BY data_length + index_length DESC LIMIT 10"
    )
    size = base.rows(
        "SELECT ROUND(SUM(data_length + index_length) / 1048576) FROM information_schema.tables "
        f"WHERE table_schema = '{name}'"
    )
    tables = [row[0] for row in largest]
    timed = "".join(f"SELECT COUNT(*) FROM `{table}`;" for table in tables)
    profiles = base.rows(f"SET profiling = 1; {timed} SHOW PROFILES;", reader=True)
    times = [float(row[1]) for row in profiles if len(row) == 3 and re.fullmatch(r"\d+\.\d+", row[1])]  # noqa: PLR2004
    status = dict(row for row in base.rows("SHOW GLOBAL STATUS") if len(row) == 2)  # noqa: PLR2004
    asked, missed = (
        int(status.get("Innodb_buffer_pool_read_requests", 0)),
        int(status.get("Innodb_buffer_pool_reads", 0)),
    )
    checked = _checked(name)
    unsound = [row for row in checked if row[-1] not in {"OK", "Table is already up to date"}]
    return {
        "size_mb": int(size[0][0]) if size and size[0][0].isdigit() else 0,
        "average_ms": round(sum(times) / len(times) * 1000, 1) if times else None,
        "timed": len(times),
        "buffer_hits_percent": round(100 * (asked - missed) / asked, 1) if asked else None,
        "checked": len(checked),
        "unsound": [row[0] for row in unsound][:20],
        "slow_log": "".join(row[-1] for row in base.rows("SHOW VARIABLES LIKE 'slow_query_log'")),
        "largest": [row[0] for row in largest[:3]],
        "files_mb": megabytes("/var/lib/mysql"),
    }


def _checked(name: str) -> "list[list[str]]":
    """Each table with what a check of it says; a check reads, and repairs nothing."""
    command = ["mariadb-check", *ROOT[1:], "--check", "--quick", name]
    return [re.split(r"\s{2,}", line.strip()) for line in said(*command).splitlines() if line.strip()]


def cache() -> "dict[str, Any]":
    """How much of what is asked of a cache is there."""
    for kind, hits, misses in (("redis", "keyspace_hits", "keyspace_misses"), ("memcached", "get_hits", "get_misses")):
        text = _redis() if kind == "redis" else _memcached()
        numbers = {name: int(value) for name, value in re.findall(r"(\w+)[: ](\d+)", text)}
        if hits in numbers:
            total = numbers[hits] + numbers.get(misses, 0)
            return {
                "kind": kind,
                "asked": total,
                "hits_percent": round(100 * numbers[hits] / total, 1) if total else None,
            }
    return {"kind": "", "asked": 0, "hits_percent": None}


def _redis() -> str:
    password = re.search(r"^password=(.+)$", read("/etc/koor-provision/secrets/redis.cnf"), re.MULTILINE)
    login = f"AUTH {password[1]}\r\n" if password else ""
    return _ask(6379, f"{login}INFO stats\r\nQUIT\r\n")


def _memcached() -> str:
    return _ask(11211, "stats\r\nquit\r\n")


def _ask(port: int, text: str) -> str:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(text.encode())
            found = b""
            while part := connection.recv(65536):
                found += part
            return found.decode(errors="replace")
    except OSError:
        return ""


def server(name: str) -> "dict[str, Any]":
    """All of it."""
    return {
        "machine": machine(),
        "versions": versions(),
        "disabled_functions": disabled_functions(),
        "database": database(name),
        "cache": cache(),
    }
