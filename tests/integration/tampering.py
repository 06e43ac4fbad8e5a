"""Runs on a test server, in the background: waits for a run to begin, and then does what nobody ordered.

The path that it waits for comes first, and then the path at which it says that it is done. Each way has a name, and an
object of its own.
"""

import glob
import hashlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TABLE = "koor_evil"


def run(*command: str, text: str = "") -> None:
    subprocess.run(command, input=text.encode(), check=True, capture_output=True)


def write(path: str, text: str = "x\n", mode: int = 0o644) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


def append(path: str, text: str = "# x\n") -> None:
    with Path(path).open("a") as file:
        file.write(text)


def package() -> None:
    for _ in range(600):  # the run's own package manager may be at work
        done = subprocess.run(["dpkg", "--install", "/root/evil.deb"], check=False, capture_output=True)
        if done.returncode == 0:
            return
        time.sleep(0.1)
    raise SystemExit(done.stderr.decode())


def listen(kind: int, port: int) -> None:
    """A process of its own, so that the port stays open."""
    if os.fork():
        return
    os.setsid()
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    with socket.socket(socket.AF_INET, kind) as line:
        line.bind(("0.0.0.0", port))
        if kind == socket.SOCK_STREAM:
            line.listen()
        time.sleep(1800)
    os._exit(0)


def replace(path: str) -> None:
    """Another program of the same size at the same time, by its clock."""
    seen = os.stat(path)
    data = bytearray(Path(path).read_bytes())
    data[-1] ^= 1
    Path(path + ".new").write_bytes(data)
    os.chmod(path + ".new", 0o755)
    os.replace(path + ".new", path)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def link(path: str, target: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, path + ".new")
    os.replace(path + ".new", path)


def firewall() -> None:
    """A table of nftables, by the kernel's own interface: no tool is needed for it."""
    name = TABLE.encode() + b"\0"
    name += b"\0" * (-len(name) % 4)
    attribute = struct.pack("=HH", 4 + len(TABLE) + 1, 1) + name
    messages = (
        struct.pack("=IHHII", 20, 16, 1, 1, 0) + struct.pack("=BBH", 0, 0, socket.htons(10)),
        struct.pack("=IHHII", 20 + len(attribute), (10 << 8) | 0, 0x401, 2, 0)
        + struct.pack("=BBH", 2, 0, 0)
        + attribute,
        struct.pack("=IHHII", 20, 17, 1, 3, 0) + struct.pack("=BBH", 0, 0, socket.htons(10)),
    )
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as line:
        line.bind((0, 0))
        line.send(b"".join(messages))


def capable() -> None:
    write("/usr/local/bin/capable", mode=0o755)
    raw_sockets, effective = 1 << 13, 0x02000001
    os.setxattr("/usr/local/bin/capable", "security.capability", struct.pack("<5I", effective, raw_sockets, 0, 0, 0))


def unit() -> None:
    write("/etc/systemd/system/evil.service", "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n")
    link("/etc/systemd/system/multi-user.target.wants/evil.service", "/etc/systemd/system/evil.service")


def false_version() -> None:
    """Let dpkg's records say that another version of something is installed."""
    status = Path("/var/lib/dpkg/status")
    packages = status.read_text().split("\n\n")
    false = [
        re.sub(r"^Version: .*$", "Version: 9.9", one, flags=re.MULTILINE) if one.startswith("Package: sudo\n") else one
        for one in packages
    ]
    new = status.with_name("status-evil")
    new.write_text("\n\n".join(false))
    new.rename(status)


def acl(path: str, kind: str = "access", rights: int = 4) -> None:
    """Give a service rights by a list; what the group has stays as it is."""
    mode, whole = os.stat(path).st_mode, 0xFFFFFFFF
    rows = [(1, mode >> 6 & 7, whole), (2, rights, 33), (4, mode >> 3 & 7, whole), (16, mode >> 3 & 7 | rights, whole)]
    value = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *row) for row in (*rows, (32, mode & 7, whole)))
    os.setxattr(path, f"system.posix_acl_{kind}", value)


def account(passwd: str, shadow: str) -> None:
    append("/etc/passwd", passwd + "\n")
    append("/etc/shadow", shadow + "\n")


INFO = "/var/lib/dpkg/info"


def md5(path: str) -> str:
    return hashlib.md5(Path(path).read_bytes()).hexdigest()


def with_sum(path: str, package: str) -> None:
    """Another program than the package has, with its line in the package's MD5 list, and in its list of paths."""
    new = not os.path.exists(path)
    write(path, Path(path).read_text() + "# x\n" if not new else "#!/bin/sh\n", 0o755)
    sums = Path(f"{INFO}/{package}.md5sums")
    lines = [line for line in sums.read_text().splitlines() if not line.endswith(f"  {path[1:]}")]
    sums.write_text("\n".join([*lines, f"{md5(path)}  {path[1:]}"]) + "\n")
    if new:
        append(f"{INFO}/{package}.list", f"{path}\n")


def configuration_with_sum(path: str) -> None:
    """Another configuration than the package has, with its sum in dpkg's status."""
    status = Path("/var/lib/dpkg/status")
    before = md5(path)
    append(path)
    new = status.with_name("status-evil")
    new.write_text(status.read_text().replace(f" {path} {before}", f" {path} {md5(path)}"))
    new.rename(status)


def unit_elsewhere() -> None:
    write("/var/log/journal/evil/apache2.service", "[Service]\nExecStart=/bin/true\n")
    link("/etc/systemd/system/rescue.target.wants/apache2.service", "/var/log/journal/evil/apache2.service")


WAYS: dict[str, Callable[[], object]] = {
    "package": package,
    "sudoers": lambda: append("/etc/sudoers"),
    "sudoers.d": lambda: write("/etc/sudoers.d/evil", "# x\n", 0o440),
    "setuid": lambda: write("/usr/local/bin/evil", mode=0o4755),
    "setuid in memory": lambda: write("/dev/shm/evil", mode=0o4755),
    "setuid in tmp": lambda: write("/tmp/evil", mode=0o4755),
    "setuid in run": lambda: write("/run/evil", mode=0o4755),
    "capability": capable,
    "tcp": lambda: listen(socket.SOCK_STREAM, 4444),
    "udp": lambda: listen(socket.SOCK_DGRAM, 5555),
    "cron.d": lambda: write("/etc/cron.d/evil"),
    "crontab": lambda: write("/var/spool/cron/crontabs/root", mode=0o600),
    "cron.daily": lambda: write("/etc/cron.daily/evil", mode=0o755),
    "deleted": lambda: os.unlink("/etc/issue"),
    "user": lambda: run("useradd", "--system", "evil"),
    "member": lambda: run("usermod", "--append", "--groups", "sudo", "games"),
    "password": lambda: run("chpasswd", text="root:evil\n"),
    "shell": lambda: run("usermod", "--shell", "/bin/bash", "backup"),
    "keys": lambda: write("/root/.ssh/authorized_keys", mode=0o600),
    "unit": unit,
    "masked": lambda: link("/etc/systemd/system/fstrim.timer", "/dev/null"),
    "drop-in": lambda: write("/etc/systemd/system/cron.service.d/evil.conf"),
    "setting": lambda: Path("/proc/sys/net/ipv4/conf/lo/log_martians").write_text("1\n"),
    "firewall": firewall,
    "program of the plan": lambda: replace("/usr/sbin/apache2"),
    "program of others": lambda: replace("/usr/bin/sudo"),
    "shadow": lambda: os.chmod("/etc/shadow", 0o644),
    "owner": lambda: os.chown("/etc/login.defs", 33, 0),
    "link": lambda: link("/etc/mtab", "/tmp/mtab"),
    "preload": lambda: write("/etc/ld.so.preload", ""),
    "source": lambda: write("/etc/apt/sources.list.d/evil.list", "# x\n"),
    "pam": lambda: append("/etc/pam.d/common-auth"),
    "hosts": lambda: append("/etc/hosts"),
    "authority": lambda: write("/etc/ssl/certs/evil.pem"),
    "login": lambda: append("/root/.bashrc"),
    "hidden in a tree": lambda: write("/etc/php/evil", mode=0o755),
    "module": lambda: write("/etc/modules-load.d/evil.conf"),
    "false facts": lambda: write("/etc/ansible/facts.d/evil.fact", "#!/bin/sh\ntouch /root/facts-were-asked\n", 0o755),
    "false system": lambda: append("/usr/lib/os-release"),
    "false version": false_version,
    "list on a secret": lambda: acl("/etc/gshadow"),
    "list for what comes": lambda: acl("/root", "default", 7),
    "list for cron": lambda: acl("/etc/cron.daily", "default", 7),
    "attribute": lambda: os.setxattr("/etc/issue.net", "user.evil", b"1"),
    "control": lambda: write("/run/systemd/system.control/evil.service"),
    "attached": lambda: write("/run/systemd/system.attached/evil.service"),
    "manager": lambda: write("/run/systemd/system.conf.d/evil.conf"),
    "generator": lambda: link("/run/systemd/system-generators/evil", "/bin/true"),
    "kernel module": lambda: write("/run/modprobe.d/evil.conf"),
    "environment": lambda: write("/run/environment.d/evil.conf"),
    "accounts to come": lambda: write("/run/sysusers.d/evil.conf"),
    "interpreter": lambda: write("/run/binfmt.d/evil.conf"),
    "policy": lambda: write("/run/polkit-1/rules.d/evil.rules"),
    "sudo's memory": lambda: write("/run/sudo/ts/www-data", mode=0o600),
    "copy in a log": lambda: write("/var/log/shadowcopy", Path("/etc/shadow").read_text()),
    "second name in a log": lambda: os.link("/etc/subgid", "/var/log/user.log"),
    "folder of units": lambda: link("/etc/systemd/system/basic.target.wants", "../../../run/w"),
    "link out of a tree": lambda: link("/etc/apache2/conf-enabled/evil", "/srv/evil"),
}


# What passes for the work of a package manager, while one is at work.
WAYS_BESIDE_PACKAGES: dict[str, Callable[[], object]] = {
    "account of a script's word": lambda: account(
        "configure::00:0::/run/x:/bin/bash", "configure:*:19000:0:99999:7:::"
    ),
    "account in a group": lambda: account("upgrade:x:998:27::/run/y:/bin/bash", "upgrade:*:19000:0:99999:7:::"),
    "group of root": lambda: append("/etc/group", "prerm:x:00:\n"),
    "program given away": lambda: os.chown("/usr/sbin/apache2", 33, 33),
    "cron given away": lambda: os.chown("/etc/cron.d/php", 33, 33),
    "unit given away": lambda: os.chown("/usr/lib/systemd/system/apache2.service", 33, 33),
    "folder given away": lambda: os.chown("/usr/lib/apache2/modules", 33, 33),
    "list on a program": lambda: acl("/usr/sbin/apache2ctl", rights=6),
    "program and sum": lambda: with_sum("/usr/sbin/a2enmod", "apache2"),
    "new program and sum": lambda: with_sum("/usr/sbin/a2evil", "apache2"),
    "configuration and sum": lambda: configuration_with_sum("/etc/logrotate.d/apache2"),
    "archive": lambda: append(glob.glob("/var/cache/apt/archives/apache2-utils_*.deb")[0], "x"),
    "maintainer script": lambda: append(f"{INFO}/apache2.prerm", "\nid >/root/pwn\n"),
    "new maintainer script": lambda: write(f"{INFO}/apache2.postinst2", "#!/bin/sh\n", 0o755),
    "unit elsewhere": unit_elsewhere,
    "other unit": lambda: link("/etc/systemd/system/fstrim.service", "/lib/systemd/system/apache2.service"),
    "other program": lambda: link("/usr/bin/whoami", "/usr/sbin/a2query"),
    "other alternative": lambda: link("/etc/alternatives/which", "/usr/sbin/a2query"),
}


def main(awaited: str, done: str, *names: str) -> None:
    while not os.path.exists(awaited):
        time.sleep(0.02)
    failed = {}
    for name in names:
        try:
            (WAYS | WAYS_BESIDE_PACKAGES)[name]()
        except (OSError, ValueError, subprocess.CalledProcessError, SystemExit) as error:
            failed[name] = str(error)
    write(done, json.dumps(failed))


if __name__ == "__main__":
    main(*sys.argv[1:])
