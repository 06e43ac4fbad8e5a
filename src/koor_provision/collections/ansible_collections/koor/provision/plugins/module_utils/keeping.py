# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keeping what a run may change, and noting what it left."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tarfile
from typing import Any

from ansible_collections.koor.provision.plugins.module_utils.choices import alternatives, chosen
from ansible_collections.koor.provision.plugins.module_utils.kept import (
    AFTER,
    BASE,
    BEFORE,
    CONTENTS,
    FINISHED,
    GOES_ON,
    MOST_KEPT,
    PLAN,
    PRIVATE_FOLDER,
    SIGNATURES,
    Entries,
    Entry,
    Odd,
    accounts,
    automatic,
    data_places,
    forget,
    load,
    made,
    measured,
    missing_above,
    names_in,
    packages,
    read_entries,
    runs,
    save,
    save_json,
    scan,
    sync,
    tops_of,
    units,
)


def keep(run: str, order: dict[str, Any], base: str = BASE, root: str = "") -> str:
    """Keep how a server is before a run; returns the folder. The second time nothing more is kept.

    Args:
        order: C(plan) and C(signatures) as they were signed; C(paths) that the run may write, and C(packages),
            C(services), C(users) and C(groups) that it may change; C(goes_on) where a note is made before its end.

    Raises:
        Odd: it was kept before.
    """
    folder, unfinished = f"{base}/{run}", f"{base}/.{run}"
    if os.path.lexists(f"{folder}/{GOES_ON}"):
        os.unlink(f"{folder}/{GOES_ON}")
        return folder
    if os.path.lexists(folder):
        raise Odd(f"{folder} is there already")
    for path in (os.path.dirname(base), base):
        os.makedirs(path, exist_ok=True)
        os.chmod(path, PRIVATE_FOLDER)
    for name in names_in(base):
        if name.startswith("."):  # of a run that was torn away while it kept
            shutil.rmtree(f"{base}/{name}")
    os.mkdir(unfinished, PRIVATE_FOLDER)
    try:
        _fill(unfinished, order, 1 + max((one["number"] for one in runs(base).values()), default=0), root)
    except BaseException:  # a full disk above all: nothing of it stays
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    os.rename(unfinished, folder)
    sync(base)
    return folder


def _fill(folder: str, order: dict[str, Any], number: int, root: str) -> None:
    """Lay all of it down."""
    entries = scan(tops_of(order["paths"], root), root)
    write_contents(f"{folder}/{CONTENTS}", entries, root)
    save(f"{folder}/{PLAN}", order["plan"].encode())
    save(f"{folder}/{SIGNATURES}", order["signatures"].encode())
    before = {
        "number": number,
        "order": {name: order[name] for name in ("paths", "packages", "services", "users", "groups")},
        "entries": entries,
        "data": data_places(order["paths"], root),
        "above": missing_above(order["paths"], root),
        "packages": packages(root),
        "automatic": sorted(automatic(root)),
        "alternatives": alternatives(root),
        "chosen": chosen(root),
        "users": accounts("passwd", root),
        "groups": accounts("group", root),
        "units": units(order["services"]),
    }
    save_json(f"{folder}/{BEFORE}", before)
    if order["goes_on"]:
        save(f"{folder}/{GOES_ON}", b"")


def note(run: str, base: str = BASE, root: str = "") -> bool:
    """Note what a run left; where that is what was there before, nothing is kept any longer.

    While more of the run is to come nothing is let go of, and the next note counts instead.

    Returns:
        whether the run changed anything.
    """
    folder = f"{base}/{run}"
    before = load(f"{folder}/{BEFORE}")
    entries = read_entries(before["entries"])
    changed = compared(entries, scan(tops_of(before["order"]["paths"], root), root, entries))
    known = packages(root)
    users, groups = accounts("passwd", root), accounts("group", root)
    new = made(before["data"], root)
    states = units(before["order"]["services"])
    same_packages = known == before["packages"] and sorted(automatic(root)) == before["automatic"]
    others = {name: row for name, row in chosen(root).items() if before.get("chosen", {}).get(name, row) != row}
    same_names = (users, groups, alternatives(root)) == (before["users"], before["groups"], before["alternatives"])
    last = not os.path.lexists(f"{folder}/{GOES_ON}")
    if last and not changed and not new and not others and same_packages and same_names and states == before["units"]:
        forget(folder)
        return False
    after = {
        "changed": changed,
        "packages": {name: row for name, row in known.items() if before["packages"].get(name) != row},
        "alternatives": [name for name in alternatives(root) if name not in before["alternatives"]],
        "chosen": others,
        "users": [name for name in users if name not in before["users"]],
        "groups": [name for name in groups if name not in before["groups"]],
        "made": {path: measured(path, root) for path in new},
    }
    if last:
        prune(f"{folder}/{CONTENTS}", {path for path in changed if path in entries})
    save_json(f"{folder}/{AFTER}", after)
    sync(folder)
    return True


def settle(run: str, by: str, base: str = BASE) -> bool:
    """Note that another run finished one and said so, so that no later one does; returns whether that is news.

    While more of that other run is to come, nothing is noted.
    """
    folder = f"{base}/{run}"
    if os.path.lexists(f"{folder}/{FINISHED}") or os.path.lexists(f"{base}/{by}/{GOES_ON}"):
        return False
    save_json(f"{folder}/{FINISHED}", {"by": by})
    sync(folder)
    return True


def compared(before: Entries, after: Entries) -> dict[str, Entry | None]:
    """Return what is not as it was; None for what is gone."""
    changed: dict[str, Entry | None] = {
        path: one for path, one in after.items() if path not in before or before[path].key != one.key
    }
    return {**changed, **{path: None for path in before if path not in after}}


def write_contents(file: str, entries: Entries, root: str) -> None:
    """Write the files among entries into an archive that anybody's tar can read."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for path, one in entries.items():
                if not stat.S_ISREG(one.mode) or one.seen[0] > MOST_KEPT:
                    continue
                try:
                    with open(root + path, "rb") as source:
                        data = source.read()
                except FileNotFoundError:
                    continue
                archive.addfile(_member(path, one, len(data)), io.BytesIO(data))
        target.flush()
        os.fsync(descriptor)


def _member(path: str, one: Entry, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path.lstrip("/"))
    member.mode, member.uid, member.gid = stat.S_IMODE(one.mode), one.uid, one.gid
    member.size, member.mtime = size, one.seen[1] // 10**9
    return member


def prune(file: str, paths: set[str]) -> None:
    """Let an archive hold these files only."""
    beside = f"{file}.new"
    with tarfile.open(file) as old, tarfile.open(beside, "w", format=tarfile.GNU_FORMAT) as new:
        for member in old:
            if f"/{member.name}" in paths:
                new.addfile(member, old.extractfile(member))
    os.chmod(beside, 0o600)
    os.replace(beside, file)
