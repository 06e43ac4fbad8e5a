"""Runs on the target, as root, with nothing but Python's standard library (3.9 or newer): looks, and says what it saw.

Changes nothing there. Package lists are fetched into a directory of their own (in memory where there is room), so that
what is judged here is what the run installs from; the customer's own lists stay as they are. When every package of the
order is installed already nothing is fetched at all. `preflight.facts` sends this text with a call of `look` behind it,
or of another look that uses this one.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BASE = "/run/koor-provision"
ROOM_BYTES = 300 * 1024 * 1024
TORN = {"half-installed", "unpacked", "half-configured"}
TRIGGERS = {"triggers-awaited", "triggers-pending"}
APT_CONFIG = """\
Dir::State::Lists "{folder}/lists";
Dir::Cache::pkgcache "{folder}/pkgcache.bin";
Dir::Cache::srcpkgcache "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
"""
NEW = r" \((?P<version>\S+) (?:.* \[(?P<architecture>[a-z0-9-]+)\]\))?"
INST = re.compile(r"Inst (?P<name>\S+?)(?::\S+)?(?: \[(?P<old_version>\S+)\])?" + NEW)
CONF = re.compile(r"^Conf (?P<name>\S+?)(?::\S+)?" + NEW, re.MULTILINE)

Change = dict[str, Any]
Planned = tuple[list[Change], list[str], str]
"""What changes, what is removed, and why it cannot be done; an empty text if it can."""


def run(command: list[str], apt_config: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in the C locale. Its words stay as they are: a carriage return of a repository ends no line."""
    environment = {"PATH": SEARCH_PATH, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    if apt_config:
        environment["APT_CONFIG"] = apt_config
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False)
    said, trouble = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(command, done.returncode, said, trouble)


def first_line(path: str) -> str:
    """The first line of a file, or an empty string."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline().strip()
    except OSError:
        return ""


def system() -> tuple[str, str]:
    """What /etc/os-release says: id and version, and the name for people."""
    values = {}
    try:
        with open("/etc/os-release", encoding="utf-8", errors="replace") as file:
            for line in file:
                key, _, value = line.strip().partition("=")
                values[key] = value.strip('"')
    except OSError:
        pass
    return (values.get("ID", "") + values.get("VERSION_ID", "")).lower(), values.get("PRETTY_NAME", "an unknown system")


def memory_mb() -> int:
    """Installed memory; a container's limit counts where it is smaller."""
    total = int(first_line("/proc/meminfo").split()[1]) // 1024  # the first line is MemTotal, in KiB
    limits = [first_line(path) for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")]
    return min([total] + [int(limit) // 2**20 for limit in limits if limit.isdigit()])


def rotational() -> bool | None:
    """Whether the root file system lies on a spinning disk; None where that cannot be seen."""
    device = os.stat("/").st_dev
    base = f"/sys/dev/block/{os.major(device)}:{os.minor(device)}"
    for path in (base + "/queue/rotational", base + "/../queue/rotational"):
        if os.path.exists(path):
            return first_line(path) == "1"
    return None


def installed(packages: list[str], *more: str) -> dict[str, str]:
    """Versions of those packages that are installed and configured, or in one of the other states that are named."""
    shown = run(["dpkg-query", "--show", "--showformat=${Package} ${Version} ${db:Status-Status}\\n", *packages]).stdout
    rows = [line.split(" ") for line in shown.splitlines()]
    return {row[0]: row[1] for row in rows if row[2] in {"installed", *more}}


def architectures(packages: list[str]) -> dict[str, str]:
    """For which machines packages that are there were made, such as amd64, or all."""
    if not packages:
        return {}
    shown = run(["dpkg-query", "--show", "--showformat=${Package} ${Architecture}\\n", *packages]).stdout
    return dict(line.split(" ") for line in shown.splitlines())


def places(token: str) -> list[str]:
    """Where the package lists of one look may lie: in memory, or on the disk where memory is short."""
    return [f"{BASE}/apt-{token}", f"/var/tmp/koor-provision-apt-{token}"]  # noqa: S108  # the token cannot be guessed


def at_work() -> bool:
    """Whether the package manager is at work."""
    with open("/var/lib/dpkg/lock-frontend", "a", encoding="ascii") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def torn() -> dict[str, bool]:
    """Packages that the package manager was torn from, and for each whether more than its triggers is open."""
    shown = run(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\\n"]).stdout
    states = (line.rpartition(" ") for line in shown.splitlines())
    return {name: state in TORN for name, _, state in states if state in TORN or state in TRIGGERS}


def needed(packages: list[str], config: str) -> set[str]:
    """Everything that packages may need, themselves included."""
    said = run(["apt-cache", "depends", "--recurse", "--important", *packages], apt_config=config).stdout
    return {line.partition(":")[0] for line in said.splitlines() if not line.startswith((" ", "|", "<"))}


def private_lists(token: str) -> tuple[str, str]:
    """Fetch the package lists into a fresh directory; returns the apt configuration that uses them, or the trouble."""
    os.makedirs(BASE, mode=0o755, exist_ok=True)
    room = os.statvfs(BASE)
    in_memory, on_disk = places(token)
    folder = in_memory if room.f_bavail * room.f_frsize > ROOM_BYTES else on_disk
    os.mkdir(folder)
    os.chmod(folder, 0o755)  # noqa: S103  # apt fetches as its own user
    os.makedirs(folder + "/lists/partial")
    config = folder + "/apt.conf"
    with open(config, "w", encoding="ascii") as file:
        file.write(APT_CONFIG.format(folder=folder))
    done = run(["apt-get", "--quiet=2", "update"], apt_config=config)
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        return "", (done.stderr.strip().splitlines() or ["apt-get update failed"])[0]
    return config, ""


def offered(packages: list[str], config: str) -> dict[str, str]:
    """Candidate versions of packages."""
    candidates: dict[str, str] = {}
    name = ""
    for line in run(["apt-cache", "policy", *packages], apt_config=config).stdout.splitlines():
        if line and not line.startswith(" "):
            name = line.rstrip(":")
        elif line.startswith("  Candidate: ") and "(none)" not in line:
            candidates[name] = line.split()[-1]
    return candidates


def planned_changes(said: str) -> tuple[list[Change], list[str]]:
    """What apt says that it would install or upgrade, and what it would remove."""
    changes: list[Change] = []
    removals: list[str] = []
    for line in said.split("\n"):
        match = INST.match(line)
        if match:
            changes.append(match.groupdict())
        elif line.startswith("Remv "):
            removals.append(line.split()[1])
    # Unpacked already, and only to be set up.
    fetched = {change["name"] for change in changes}
    found = (match.groupdict() for match in CONF.finditer(said))
    changes += [{**one, "old_version": None, "unpacked": True} for one in found if one["name"] not in fetched]
    return changes, removals


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """Why apt could not, or the line by which it says that it would fetch something and not what; or nothing."""
    if done.returncode:
        return next((line for line in done.stderr.split("\n") if line.startswith("E: ")), "apt-get refused")
    lines = (line for line in done.stdout.split("\n") if line.startswith("Inst ") and not INST.match(line))
    return next((f"it names a package in a way that nobody can read: {line}" for line in lines), "")


def simulated(packages: list[str], config: str) -> Planned:
    """What apt would do for these packages; its own words, read from `apt-get -s`."""
    done = run(["apt-get", "--simulate", "--no-install-recommends", "install", *packages], apt_config=config)
    changes, removals = planned_changes(done.stdout)
    return changes, removals, refusal(done)


def leaving(verb: str, *arguments: str) -> tuple[dict[str, str], list[Change], str]:
    """What apt would take away, with versions, and what it would bring in for that; from `apt-get -s`.

    Where only configuration files are left of a package, apt names no version.
    """
    # What the server's apt is configured to do by itself does not count: the run does not let it either.
    plain = [
        "--option",
        "APT::Get::AutomaticRemove=false",
        "--option",
        f"APT::Get::Purge={str(verb == 'purge').lower()}",
    ]
    done = run(["apt-get", "--simulate", verb, *plain, *arguments])
    gone = dict(re.findall(r"^(?:Remv|Purg) ([^\s:]+)(?::\S+)?(?: \[(\S+)\])?", done.stdout, re.MULTILINE))
    changes, _ = planned_changes(done.stdout)
    return gone, changes, refusal(done)


def server() -> dict[str, Any]:
    """What every look tells of a server."""
    name, pretty = system()
    disk = os.statvfs("/")
    return {
        "system": name,
        "system_name": pretty,
        "machine_id": first_line("/etc/machine-id"),
        "memory_mb": memory_mb(),
        "cores": len(os.sched_getaffinity(0)),
        "disk_free_mb": disk.f_bavail * disk.f_frsize // 2**20,
        "disk_rotational": rotational(),
        "root": os.geteuid() == 0,
    }


def look(
    wanted: dict[str, list[str]], token: str, planned: Callable[[list[str], str], Planned] = simulated
) -> dict[str, Any]:
    """Everything that preflight asks for before an installation.

    Args:
        wanted: system to names of the order's packages.
        token: names the directory for package lists, so that the caller can remove it.
        planned: a quicker way to hear from apt what it would do where all that is there is whole.
    """
    facts = server()
    packages = wanted.get(facts["system"])
    if packages is None or not facts["root"]:
        return facts
    facts["busy"] = at_work()
    if facts["busy"]:
        return facts
    there = facts["installed"] = installed(packages)
    facts["architectures"] = architectures(list(there))
    open_ones = torn()
    facts["unfinished"] = sorted(open_ones)
    absent = sorted({*(package for package in packages if package not in there), *open_ones})
    if absent:
        config, trouble = private_lists(token)
        if trouble:
            facts["trouble"] = trouble
            return facts
        facts["apt_config"] = config
        broken = {name for name in open_ones if open_ones[name]}
        others = sorted(broken - needed(packages, config)) if broken else []
        if others:
            facts["trouble"] = f"not fully installed, and not of this order: {', '.join(others)}"
            return facts
        facts["candidates"] = offered(absent, config)
        facts["missing"] = [package for package in absent if package not in facts["candidates"]]
        if not facts["missing"]:
            ask = simulated if open_ones else planned
            facts["changes"], facts["removals"], facts["trouble"] = ask(absent, config)
    return facts
