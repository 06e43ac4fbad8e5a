"""The whole state of a server, in a form that two servers that took different ways to it can be compared in."""

import json
from typing import Any

from tests.integration.conftest import Server

LOOK = r"""
import grp, hashlib, json, os, pwd, re, stat, subprocess
def said(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout
def name(find, number):
    try:
        return find(number)[0]
    except KeyError:
        return number
# Made anew on each server, or written by whatever runs: who has them and who may read them still counts.
own = re.compile(OWN)
left_out = re.compile(LEFT_OUT)
sorted_lines = re.compile(SORTED)
seen = {}
for top, folders, files in os.walk("/"):
    folders[:] = [one for one in folders if not left_out.fullmatch(os.path.join(top, one))]
    for one in folders + files:
        path = os.path.join(top, one)
        if left_out.fullmatch(path):
            continue
        status = os.lstat(path)
        what = ""
        if stat.S_ISLNK(status.st_mode):
            what = os.readlink(path)
        elif stat.S_ISREG(status.st_mode) and not own.fullmatch(path):
            with open(path, "rb") as file:
                data = file.read()
            if sorted_lines.fullmatch(path):
                data = b"\n".join(sorted(data.splitlines()))
            what = hashlib.sha256(data).hexdigest()
        seen[path] = [oct(status.st_mode), name(pwd.getpwuid, status.st_uid), name(grp.getgrgid, status.st_gid), what]
units = "apache2 mariadb php8.2-fpm php8.4-fpm logrotate.timer koor-backup-mariadb.timer".split()
print(json.dumps({
    "files": seen,
    "packages": sorted(said("dpkg-query", "-W", "-f", "${Package} ${Version} ${Status}\n").splitlines()),
    "automatic": said("apt-mark", "showauto").split(),
    "accounts": sorted(row.pw_name + ":" + row.pw_dir + ":" + row.pw_shell for row in pwd.getpwall()),
    "groups": sorted(row.gr_name + ":" + ",".join(row.gr_mem) for row in grp.getgrall()),
    "units": {unit: said("systemctl", "show", "-p", "ActiveState,UnitFileState,NeedDaemonReload", unit).split() for unit in units},
}))
"""  # noqa: E501
LEFT_OUT = (
    r"/(proc|sys|dev|run|tmp)|/var/(log|cache|tmp)/.*|/var/lib/systemd/.*|/var/lib/mysql/.*|.*/__pycache__|/var/backups/.*"
    r"|/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|/var/lib/dpkg/.*-old|/var/lib/dpkg/(status|lock.*|triggers/.*)"
    r"|/var/lib/apt/.*|/var/lib/koor-provision/undo/.*|/etc/\.pwd\.lock|/etc/ssl/certs/[0-9a-f]{8}\.\d|/root/\.ansible.*|/var/lib/php/sessions/.*"
)
OWN = (
    r"/etc/(hostname|hosts|machine-id|resolv\.conf)|/etc/koor-provision/secrets/.*|/etc/ssl/koor/.*"
    r"|/etc/ssl/(private|certs)/ssl-cert-snakeoil.*|/etc/ld\.so\.cache"
)
SORTED = r"/var/lib/ucf/.*|/var/lib/dpkg/(alternatives/.*|diversions|statoverride)"


def state(server: Server) -> dict[str, Any]:
    """All files with mode, owner and digest, packages with their marks, accounts, and what the units are doing."""
    text = LOOK
    for word, value in (("LEFT_OUT)", LEFT_OUT), ("OWN)", OWN), ("SORTED)", SORTED)):
        text = text.replace(word, f"{value!r})")
    return dict(json.loads(server.run("python3", "-", stdin=text)))


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What differs, a line each; the part, the name, and both values."""
    found = []
    for part, left in one.items():
        right = other[part]
        if isinstance(left, list):
            found += [f"{part}: {value}" for value in sorted({*left} ^ {*right})]
        else:
            names = sorted(name for name in {*left, *right} if left.get(name) != right.get(name))
            found += [f"{part}: {name}: {left.get(name)} {right.get(name)}" for name in names]
    return found
