"""Everything of a server that taking a run back has to bring back, and how two such looks differ."""

import json
import re

from tests.integration.conftest import Server

LOOK = r"""
import grp, hashlib, json, os, pwd, stat, subprocess
# Copies that the tools for accounts make, and an index that ldconfig makes.
LEFT_OUT = {f"/etc/{name}" for name in "passwd- group- shadow- gshadow- subuid- subgid- ld.so.cache".split()}
def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
files = {}
for top in ("/etc", "/usr", "/var/www", "/opt", "/srv", "/root", "/home"):
    for folder, names, others in os.walk(top):
        for name in (*names, *others):
            path = os.path.join(folder, name)
            if path in LEFT_OUT or "__pycache__" in path:
                continue
            seen = os.lstat(path)
            content = ""
            if stat.S_ISLNK(seen.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(seen.st_mode):
                content = hashlib.sha256(open(path, "rb").read()).hexdigest()
            files[path] = [oct(seen.st_mode), seen.st_uid, seen.st_gid, content]
states = "list-units", "--all", "--plain", "--no-legend", "--type=service,timer,socket"
active = [line.split()[0] for line in run("systemctl", *states).splitlines() if line.split()[2] == "active"]
print(json.dumps({
    "files": files,
    "packages": run("dpkg-query", "--show", "--showformat", "${Package} ${Version} ${db:Status-Status}\n").splitlines(),
    "automatic": sorted(run("apt-mark", "showauto").split()),
    "users": sorted(one.pw_name for one in pwd.getpwall()),
    "groups": sorted(one.gr_name for one in grp.getgrall()),
    "units": sorted(run("systemctl", "list-unit-files", "--no-legend").splitlines()),
    "active": sorted(name for name in active if not name.startswith(("user@", "session-"))),
    "listening": sorted(line.split()[3] for line in run("ss", "-Hltn").splitlines()),
}))
"""


def look(server: Server) -> dict[str, object]:
    """Everything that an undo has to bring back."""
    found: dict[str, object] = json.loads(server.run("python3", "-", stdin=LOOK))
    return found


def differences(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    """What is not the same, in few words."""
    return {
        name: {path: (old.get(path), new.get(path)) for path in {**old, **new} if old.get(path) != new.get(path)}
        if isinstance(old, dict) and isinstance(new, dict)
        else {"gone": sorted({*old} - {*new}), "come": sorted({*new} - {*old})}  # type: ignore[misc]
        for name, (old, new) in {name: (before[name], after[name]) for name in before}.items()
        if old != new
    }


def plan_of(said: str) -> str:
    """The identifier of the plan that a command showed."""
    found = re.search(r"Plan ([0-9a-f]{16})", said)
    assert found
    return found[1]
