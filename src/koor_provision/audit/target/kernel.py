"""What only the kernel knows: settings, mounts, who listens where, and whether the firewall is what it was."""

from __future__ import annotations

import glob
import os
import re
import shutil
import socket
import struct
import subprocess
from typing import Any, NamedTuple

from koor_provision.audit.target import tree

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Can be written, and change by themselves, or do something when they are read. What cannot be written is not looked at.
VOLATILE = re.compile(r"kernel/(ns_last_pid|random/|sched_domain/)|vm/stat_refresh|net/ipv[46]/.*/(stable_secret|mtu)")
NET_ADMIN = 12
_SETTINGS, _LISTENS, _BOUND = "/proc/sys", "0A", "07"
# From linux/netfilter/nfnetlink.h and nf_tables.h.
_NETFILTER, _GET_GENERATION, _GENERATION_ID = 12, (10 << 8) | 16, 1
_REQUEST, _ERROR = 1, 2


def first(path: str, most: int = 4096) -> str | None:
    """The beginning of a file, or None."""
    try:
        with open(path, "rb") as file:
            return file.read(most).decode("utf-8", "replace").strip()
    except OSError:
        return None


def settings(root: str = _SETTINGS) -> dict[str, str]:
    """Every kernel setting that can be written, by the name that sysctl gives it."""
    found = {}
    for top, _, names in os.walk(root):
        for name in names:
            path = f"{top}/{name}"
            short = path[len(root) + 1 :]
            try:
                mode = os.lstat(path).st_mode
            except OSError:
                continue
            if mode & 0o222 and mode & 0o444 and not VOLATILE.match(short):
                value = first(path)
                if value is not None:
                    found[short.replace(".", "%").replace("/", ".").replace("%", "/")] = " ".join(value.split())
    return found


def mounts() -> dict[str, str]:
    """Where what is mounted; the last mount on a point is the one that is seen."""
    return {one.place: f"{one.kind} {one.device} {one.root}" for one in tree.mounts()}


def address(text: str) -> str:
    """An address as the kernel writes it, as people write it; of all addresses of a family, an asterisk or [::]."""
    words = [struct.pack("=I", int(text[start : start + 8], 16)) for start in range(0, len(text), 8)]
    packed = b"".join(words)
    if len(packed) == 4:  # noqa: PLR2004  # bytes of IPv4
        return socket.inet_ntop(socket.AF_INET, packed)
    return f"[{socket.inet_ntop(socket.AF_INET6, packed)}]"


class Socket(NamedTuple):
    """One place where something listens: the number of the socket, and that of the user who made it."""

    inode: str
    uid: int


def ports(root: str = "/proc/1/net") -> dict[str, Socket]:
    """Where something listens: ADDRESS:PORT/PROTOCOL."""
    found = {}
    for table, state in (("tcp", _LISTENS), ("udp", _BOUND), ("udplite", _BOUND), ("raw", _BOUND)):
        for family in ("", "6"):
            try:
                with open(f"{root}/{table}{family}", encoding="ascii") as lines:
                    rows = [line.split() for line in lines][1:]
            except OSError:
                continue
            for row in rows:
                if row[3] == state:
                    host, _, port = row[1].partition(":")
                    found[f"{address(host)}:{int(port, 16)}/{table}"] = Socket(row[9], int(row[7]))
    return found


class Process(NamedTuple):
    """Who holds a socket: number, name, executable, and the unit of systemd that it belongs to."""

    number: str
    name: str
    program: str
    unit: str


def _unit(process: str) -> str:
    """The service, or the login, that a process was started for; empty where no control group says so."""
    groups = (first(f"/proc/{process}/cgroup", 1 << 16) or "").splitlines()
    # Of several hierarchies, systemd's own goes deepest.
    units = re.findall(r"/([^/]+\.(?:service|scope))(?=/|$)", max(groups, key=len, default=""))
    return str(units[-1]) if units else ""


def holders(root: str = "/proc") -> dict[str, list[Process]]:
    """All processes that hold a socket, by its number; without the right to look into others, only one's own."""
    found: dict[str, list[Process]] = {}
    seen: dict[str, Process] = {}
    for link in glob.glob(f"{root}/[0-9]*/fd/*"):
        try:
            held = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(link))
            number = link[len(root) + 1 :].split("/")[0]
            if held and number not in seen:
                program = os.readlink(f"{root}/{number}/exe")
                seen[number] = Process(number, first(f"{root}/{number}/comm") or "", program, _unit(number))
        except OSError:
            continue
        if held and seen[number] not in found.setdefault(held[1], []):
            found[held[1]].append(seen[number])
    return found


def listening() -> dict[str, dict[str, Any]]:
    """Of each place where something listens: who made the socket, and which processes hold it."""
    held = holders()
    return {port: {"uid": one.uid, "held": held.get(one.inode, [])} for port, one in ports().items()}


def _generation() -> str:
    """The number that the kernel raises with every change of the nftables rules, whoever makes it."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETFILTER) as line:
        line.settimeout(5)
        line.bind((0, 0))
        line.send(struct.pack("=IHHII", 20, _GET_GENERATION, _REQUEST, 1, 0) + struct.pack("=BBH", 0, 0, 0))
        answer = line.recv(65536)
    kind = struct.unpack_from("=IH", answer)[1]
    if kind == _ERROR:
        code = -struct.unpack_from("=i", answer, 16)[0]
        raise OSError(code, os.strerror(code))
    length, name = struct.unpack_from("=HH", answer, 20)
    if name != _GENERATION_ID or length != 8:  # noqa: PLR2004  # a header and four bytes
        raise OSError(0, "unknown answer")
    return str(struct.unpack_from(">I", answer, 24)[0])


def _said(*command: str) -> str | None:
    """What a program says, without its counters; None where it is not there or fails."""
    program = shutil.which(command[0], path=SEARCH_PATH)
    if program is None:
        return None
    done = subprocess.run(
        [program, *command[1:]], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60
    )
    if done.returncode:
        return None
    text = re.sub(r"\[\d+:\d+\]", "", done.stdout.decode("utf-8", "replace"))
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def firewall() -> tuple[dict[str, str], str, str]:
    """Rules by what has them; what a person should know about that; and why they could not be read."""
    found: dict[str, str] = {}
    trouble = ""
    try:
        found["nftables generation"] = _generation()
    except OSError as error:
        held = first("/proc/1/status", 1 << 16) or ""
        bounds = re.search(r"^CapBnd:\s*([0-9a-f]+)", held, re.MULTILINE)
        if bounds and not int(bounds[1], 16) >> NET_ADMIN & 1:
            return {}, "the firewall: nothing on this server may read or change it (no CAP_NET_ADMIN)", ""
        trouble = f"the nftables firewall could not be read: {error.strerror}"
    rules = _said("nft", "--stateless", "list", "ruleset")
    if rules is not None:
        found["nftables"] = rules
    for family, tool in (("ip", "iptables"), ("ip6", "ip6tables")):
        if first(f"/proc/1/net/{family}_tables_names"):
            old = _said(f"{tool}-legacy-save")
            if old is None:
                trouble = f"the rules of {tool} could not be read: {tool}-legacy-save is not there or fails"
            else:
                found[tool] = old
    return found, "", trouble


def rules_changed(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    """Which rules changed, and by how many lines. Without a tool that shows them, the kernel's count tells."""
    found = []
    for name in sorted({*before, *after} - {"nftables generation"}):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        if old != new:
            more, fewer = len([x for x in new if x not in old]), len([x for x in old if x not in new])
            found.append((name, f"{more} lines more, {fewer} fewer"))
    shown = "nftables" in before and "nftables" in after
    numbers = before.get("nftables generation"), after.get("nftables generation")
    if not shown and numbers[0] != numbers[1]:
        found.append(("nftables", f"rules were changed (generation {numbers[0]} -> {numbers[1]})"))
    return found
