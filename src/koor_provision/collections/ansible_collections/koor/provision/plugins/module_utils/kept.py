# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a server was like before a run, kept there for root alone, so that the run can be undone.

Nothing but Python's standard library: our look before an undo runs this on the target as well. A root other than the
system's own is for tests.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

BASE = "/var/lib/koor-provision/undo"
BEFORE, AFTER, UNDONE, CONTENTS, PLAN, SIGNATURES = (
    "before.json", "after.json", "undone.json", "before.tar", "plan.yml", "plan.yml.sig",
)  # fmt: skip
FINISHED = "finished.json"
"""There once another run finished one that has no end of its own, and said in its evidence what nobody knows of it."""
GOES_ON = "goes-on"
"""There while more of the run is to come after what it did so far was taken into service, and noted."""
MOST_KEPT = 16 << 20
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
# Accounts are put back by the tools for accounts. No contract covers the rest, or what makes it makes it anew.
LEFT_ALONE = re.compile(
    r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|/etc/\.pwd\.lock|/etc/ld\.so\.cache|/etc/mtab"
    r"|/etc/ssh/ssh_host_.*|/etc/ssl/private(/.*)?|/etc/alternatives(/.*)?|/etc/.*\.dpkg-(new|tmp)|/etc/.*/\.koor-[^/]*"
)
# What changes there is no configuration: it is the customer's data, or what services note.
_NO_CONFIGURATION = ("/var/", "/srv/", "/dev/", "/home/", "/opt/", "/run/")


class Odd(Exception):  # noqa: N818 - not an error of ours
    """Something is not as it should be, and nothing was changed."""


class Entry(NamedTuple):
    """One path: what counts of it, and by what it is seen that it was not written since.

    Attributes:
        text: SHA-256 of a file, where a link leads; empty of all others.
        seen: size, both times, and the inode's number.
    """

    mode: int
    uid: int
    gid: int
    text: str
    seen: list[int]

    @property
    def key(self) -> tuple[int, int, int, str]:
        """What is compared."""
        return (self.mode, self.uid, self.gid, self.text)


Entries = dict[str, Entry]


def read_entries(raw: dict[str, Any]) -> Entries:
    """Read entries from JSON."""
    return {path: Entry(*row) for path, row in raw.items()}


def is_data(pattern: str) -> bool:
    """Tell whether a path of a contract is a place for data, of which no content is kept."""
    return pattern.startswith(_NO_CONFIGURATION)


def found(patterns: Iterable[str], root: str = "") -> list[str]:
    """Return what is there of paths with asterisks, links that lead nowhere included."""
    names = {name for pattern in patterns for name in glob.glob(root + pattern.rstrip("/"))}
    return sorted(name[len(root) :] for name in names)


def walk(tops: Iterable[str], root: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Yield every path below some, and these, folders before what is in them; links are not followed."""
    waiting = sorted(set(tops), reverse=True)
    while waiting:
        path = waiting.pop()
        try:
            seen = os.lstat(root + path)
            yield path, seen
            if stat.S_ISDIR(seen.st_mode):
                waiting += sorted((f"{path}/{name}" for name in os.listdir(root + path)), reverse=True)
        except OSError:
            continue  # gone meanwhile


def tops_of(paths: Iterable[str], root: str = "") -> list[str]:
    """Return where configuration lies: /etc as a whole, and what else a contract names that is no data."""
    others = [path for path in paths if not is_data(path) and not path.startswith("/etc/")]
    return ["/etc", *found(others, root)]


def scan(tops: Iterable[str], root: str = "", known: Entries | None = None) -> Entries:
    """Describe all configuration.

    Args:
        known: an earlier look; a file that was not written since is not read again.
    """
    entries: Entries = {}
    for path, seen in walk(tops, root):
        if not LEFT_ALONE.fullmatch(path):
            entries[path] = describe(path, seen, root, (known or {}).get(path))
    return entries


def describe(path: str, seen: os.stat_result, root: str, known: Entry | None = None) -> Entry:
    """Describe one path."""
    marks = [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]
    text = ""
    try:
        if stat.S_ISLNK(seen.st_mode):
            text = os.readlink(root + path)
        elif stat.S_ISREG(seen.st_mode):
            text = known.text if known and known.text and known.seen == marks else digest(root + path)
    except OSError:
        pass
    return Entry(seen.st_mode, seen.st_uid, seen.st_gid, text, [] if stat.S_ISDIR(seen.st_mode) else marks)


def digest(path: str) -> str:
    """Return the SHA-256 of a file; of one that is too large to be kept, its size."""
    if os.path.getsize(path) > MOST_KEPT:
        return f"{os.path.getsize(path)} bytes"
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def packages(root: str = "") -> dict[str, list[str]]:
    """Return version and state of each package; other architectures' are left out."""
    rows: dict[str, list[str]] = {}
    fields: dict[str, str] = {}
    with open(f"{root}/var/lib/dpkg/status", encoding="utf-8", errors="replace") as lines:
        for line in (*lines, "\n"):
            name, colon, value = line.partition(": ")
            if colon and name in {"Package", "Status", "Version", "Multi-Arch"}:
                fields[name] = value.strip()
            elif line == "\n" and fields:
                rows.setdefault(fields["Package"], [fields.get("Version", ""), fields["Status"].rpartition(" ")[2]])
                fields = {}
    return {name: row for name, row in rows.items() if row[1] != "not-installed"}


def shipped(root: str = "") -> dict[str, str]:
    """Return the MD5 of each configuration file as its package brought it."""
    text = ""
    with open(f"{root}/var/lib/dpkg/status", encoding="utf-8", errors="replace") as file:
        text = file.read()
    return dict(re.findall(r"^ (/\S+) ([0-9a-f]{32})(?: obsolete)?$", text, re.MULTILINE))


def automatic(root: str = "") -> set[str]:
    """Return which packages are there for others only, by apt's own notes."""
    try:
        with open(f"{root}/var/lib/apt/extended_states", encoding="utf-8", errors="replace") as file:
            stanzas = file.read().split("\n\n")
    except OSError:
        return set()
    names = (re.search(r"^Package: (\S+)", one, re.MULTILINE) for one in stanzas if "Auto-Installed: 1" in one)
    return {name[1] for name in names if name}


def accounts(kind: str, root: str = "") -> list[str]:
    """Return the names in passwd or group."""
    with open(f"{root}/etc/{kind}", encoding="utf-8", errors="replace") as lines:
        return sorted(line.partition(":")[0] for line in lines if ":" in line)


def units(names: list[str]) -> dict[str, list[str]]:
    """Return of each unit whether it is loaded, active and enabled."""
    if not names:
        return {}
    command = ["systemctl", "show", "--property=Id,LoadState,ActiveState,UnitFileState", "--", *names]
    said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    states = {}
    for block in said.strip().split("\n\n"):
        values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if "Id" in values:
            states[values["Id"]] = [values.get(name, "") for name in ("LoadState", "ActiveState", "UnitFileState")]
    return states


def data_places(paths: Iterable[str], root: str = "") -> dict[str, dict[str, Any]]:
    """Return of each place for data whether it is there, whose it is, and the names in it; nothing of the data."""
    places = {}
    for pattern in sorted({path for path in paths if is_data(path)}):
        place: dict[str, Any] = {"there": found([pattern], root), "owner": None, "names": []}
        if pattern.endswith("/") and len(place["there"]) == 1 and os.path.isdir(root + place["there"][0]):
            place["owner"] = os.stat(root + place["there"][0]).st_uid
            place["names"] = sorted(os.listdir(root + place["there"][0]))
        places[pattern] = place
    return places


def missing_above(paths: Iterable[str], root: str = "") -> list[str]:
    """Return the folders above paths of a contract that are not there yet."""
    above = set()
    for pattern in paths:
        parts = pattern.partition("*")[0].rstrip("/").split("/")
        above |= {"/".join(parts[:length]) for length in range(2, len(parts))}
    return sorted(path for path in above if not os.path.lexists(root + path))


def made(places: dict[str, dict[str, Any]], root: str = "") -> list[str]:
    """Return what of data was not there before: whole places, or what is new in one that is root's.

    What a service's own account keeps in its own folder (the data of a database server) is one thing: where that was
    there before, nothing in it is anybody's to take out from beside the service.
    """
    new = []
    for pattern, before in places.items():
        there = before["there"]
        new += [path for path in found([pattern], root) if path not in there]
        if before["owner"] == 0:
            new += [f"{there[0]}/{name}" for name in names_in(root + there[0]) if name not in before["names"]]
    inside = tuple(f"{path}/" for path in new)
    return sorted({path for path in new if not path.startswith(inside)})


def names_in(folder: str) -> list[str]:
    """Return the names in a folder; none where it is gone."""
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def measured(top: str, root: str = "") -> list[Any]:
    """Return a digest over the files of a tree, how many there are, and their bytes."""
    hashed, files, size = hashlib.sha256(), 0, 0
    for path, seen in walk([top], root):
        if not stat.S_ISDIR(seen.st_mode):
            files, size = files + 1, size + seen.st_size
            text = f"{path}\0{seen.st_mode} {seen.st_size} {seen.st_mtime_ns}\n"
            hashed.update(text.encode("utf-8", "surrogateescape"))
    return [hashed.hexdigest(), files, size]


def runs(base: str = BASE) -> dict[str, dict[str, Any]]:
    """Return what is kept of each run that is, the oldest first."""
    rows = {}
    for name in names_in(base):
        try:
            rows[name] = load(f"{base}/{name}/{BEFORE}")
        except (OSError, ValueError):
            continue
    return dict(sorted(rows.items(), key=lambda row: row[1]["number"]))


def load(path: str) -> Any:  # noqa: ANN401 - whatever we wrote there
    """Read JSON that we wrote."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def save(path: str, content: bytes) -> None:
    """Write a file for root alone, whole or not at all."""
    beside = f"{path}.new"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    os.replace(beside, path)


def save_json(path: str, content: object) -> None:
    """Write JSON likewise."""
    save(path, json.dumps(content, separators=(",", ":")).encode("utf-8", "surrogateescape"))


def forget(folder: str) -> None:
    """Delete what is kept of a run, as if it had never been."""
    aside = os.path.join(os.path.dirname(folder), f".{os.path.basename(folder)}")
    os.rename(folder, aside)  # so that half of it is never taken for the whole
    shutil.rmtree(aside)


def sync(folder: str) -> None:
    """Have the disk know the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
