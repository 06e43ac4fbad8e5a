"""How a server is after an undo, held on the server itself against what it kept before the run."""

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from target_tools import ARGUMENTS, answer, run

FOLDER = Path("/var/lib/koor-provision/undo") / ARGUMENTS["run"]


def as_kept(path: str, mode: int, uid: int, gid: int, text: str) -> bool:
    """Tell whether a path is what it was; only the answer leaves the server."""
    try:
        seen = os.lstat(path)
    except OSError:
        return False
    now = ""
    if stat.S_ISLNK(seen.st_mode):
        now = str(Path(path).readlink())
    elif stat.S_ISREG(seen.st_mode):
        now = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return (seen.st_mode, seen.st_uid, seen.st_gid, now) == (mode, uid, gid, text)


def states(names: list[str]) -> dict[str, bool]:
    """Tell of each unit whether it runs."""
    return {name: run("systemctl", "is-active", "--quiet", name)[0] == 0 for name in names}


before: dict[str, Any] = json.loads((FOLDER / "before.json").read_text(encoding="utf-8"))
_, listed, _ = run("dpkg-query", "--show", "--showformat", "${Package}\t${db:Status-Status}\n")
known = dict(line.split("\t") for line in listed.splitlines())
was = {name: state for name, (_, state) in before["packages"].items()}
answer(
    {
        "packages": sorted(
            name for name in ARGUMENTS["packages"] if known.get(name, "not-installed") != was.get(name, "not-installed")
        ),
        "files": [path for path in ARGUMENTS["restored"] if not as_kept(path, *before["entries"][path][:4])],
        "left": [path for path in ARGUMENTS["deleted"] if os.path.lexists(path.rstrip("/"))],
        "services": {
            name: runs
            for name, runs in states(list(before["units"])).items()
            if runs != (before["units"][name][1] == "active")
        },
        "closed": (FOLDER / "undone.json").is_file() and not (FOLDER / "before.tar").exists(),
        "open": [
            str(path)
            for path in (FOLDER, *FOLDER.iterdir())
            if path.stat().st_uid or stat.S_IMODE(path.stat().st_mode) & 0o077
        ],
    }
)
