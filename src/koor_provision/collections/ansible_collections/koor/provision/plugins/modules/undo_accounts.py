#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes out accounts that a run made, and marks packages as they were marked."""

from __future__ import annotations

DOCUMENTATION = r"""
module: undo_accounts
short_description: Take out accounts of services that own nothing any longer
description:
  - An account that still owns a file or runs a process stays, and the module says so. Accounts of people are refused.
author: koor-provision maintainers
options:
  users:
    description: Users.
    type: list
    elements: str
    default: []
  groups:
    description: Groups.
    type: list
    elements: str
    default: []
  automatic:
    description: Packages that are there for others only, as they were marked before.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Says which of them would go.
    support: full
  diff_mode:
    description: Shows nothing.
    support: none
"""

EXAMPLES = r"""
- name: Take out the account of the database server
  koor.provision.undo_accounts:
    users: [mysql]
    groups: [mysql]
"""

RETURN = r"""
gone:
  description: Accounts that were (or in check mode would be) taken out.
  returned: always
  type: list
  elements: str
  sample: [mysql]
kept:
  description: Accounts that stay, each with the reason.
  returned: always
  type: dict
  sample: {mysql: owns /srv/backup}
notes:
  description: The same for people.
  returned: always
  type: list
  elements: str
  sample: ['the account mysql stays: it owns /srv/backup']
"""

import grp
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.apt import MARK

FIRST_PERSON = 1000
# Made by the kernel, or another machine's: nothing there is an account's for long.
LEFT_OUT = {"proc", "sysfs", "cgroup", "cgroup2", "devpts", "nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"}


def skipped(table: str = "/proc/self/mounts") -> set[str]:
    """Return mount points that are not searched."""
    rows = (line.split(" ") for line in Path(table).read_text(encoding="utf-8", errors="replace").splitlines())
    return {row[1] for row in rows if row[2] in LEFT_OUT} | {"/run"}  # what is there goes with the next start


def paths(top: str, left_out: set[str]) -> Iterator[str]:
    """Yield every path on the server's own file systems."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder or "/") as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}"
                    yield path
                    if entry.is_dir(follow_symlinks=False) and path not in left_out:
                        waiting.append(path)
        except OSError:
            continue  # gone meanwhile


def owned(users: set[int], groups: set[int], left_out: set[str], top: str = "") -> dict[tuple[str, int], str]:
    """Return of each number that owns something one path of it."""
    found: dict[tuple[str, int], str] = {}
    for path in paths(top, left_out):
        try:
            seen = os.lstat(path)
        except OSError:
            continue
        if seen.st_uid in users:
            found.setdefault(("user", seen.st_uid), path)
        if seen.st_gid in groups:
            found.setdefault(("group", seen.st_gid), path)
    return found


def running(users: set[int]) -> set[int]:
    """Return which users run a process."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found.add(folder.stat().st_uid)
        except OSError:
            continue
    return found & users


def number(kind: str, name: str) -> int | None:
    """Return the number of an account; None where it is gone."""
    try:
        return pwd.getpwnam(name).pw_uid if kind == "user" else grp.getgrnam(name).gr_gid
    except KeyError:
        return None


def judged(wanted: dict[str, dict[str, int]]) -> dict[str, str]:
    """Return accounts that must stay, with the reason.

    Args:
        wanted: by kind, names and numbers.
    """
    users, groups = wanted["user"], wanted["group"]
    kept = {name: "is a person's" for rows in wanted.values() for name, one in rows.items() if one >= FIRST_PERSON}
    if not (users or groups):
        return kept
    busy = running({*users.values()})
    things = owned({*users.values()}, {*groups.values()}, skipped())
    for name, one in users.items():
        if one in busy:
            kept[name] = "runs a process"
        elif ("user", one) in things:
            kept[name] = f"owns {things['user', one]}"
    going = {name for name in users if name not in kept}  # a group whose user stays is that user's
    for name, one in groups.items():
        if ("group", one) in things:
            kept.setdefault(name, f"owns {things['group', one]}")
        others = {entry.pw_name for entry in pwd.getpwall() if entry.pw_gid == one}
        if members := sorted(({*grp.getgrnam(name).gr_mem} | others) - going):
            kept.setdefault(name, f"has {', '.join(members)} as members")
    return kept


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            name: {"type": "list", "elements": "str", "default": []} for name in ("users", "groups", "automatic")
        },
        supports_check_mode=True,
    )
    wanted = {
        kind: {name: found for name in module.params[f"{kind}s"] if (found := number(kind, name)) is not None}
        for kind in ("user", "group")
    }
    kept = judged(wanted)
    gone = sorted({name for rows in wanted.values() for name in rows} - {*kept})
    marked: list[str] = module.params["automatic"]
    if not module.check_mode:
        for kind, tool in (("user", "userdel"), ("group", "groupdel")):
            for name in wanted[kind]:
                if name not in kept and number(kind, name) is not None:  # a user's own group goes with the user
                    module.run_command([tool, name], check_rc=True)
        if marked:
            module.run_command([*MARK, "auto", *marked], check_rc=True)
    notes = [f"the account {name} stays: it {reason}" for name, reason in sorted(kept.items())]
    module.exit_json(changed=bool(gone or marked), gone=gone, kept=kept, notes=notes)


if __name__ == "__main__":
    main()
