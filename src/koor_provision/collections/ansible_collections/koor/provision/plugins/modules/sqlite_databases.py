#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Database files of SQLite."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sqlite_databases
short_description: Make SQLite database files with a write-ahead log, for one user
description:
  - Makes the directory, which the user must be able to write in, and in it a file C(NAME.db) for each database. The
    user's group may read, and nobody else.
  - A file is made, and its journal is changed, by the user itself, so that nothing the user puts in its place can lead
    root elsewhere. What is in a database is left alone.
  - Needs the command C(sqlite3) on the target.
author: koor-provision maintainers
options:
  names:
    description: Names of the databases.
    type: list
    elements: str
    required: true
  directory:
    description: Where the files lie. What is missing above it is made for root.
    type: path
    default: /var/lib/koor/sqlite
  user:
    description: Whose they are. Its main group may read them.
    type: str
    default: www-data
attributes:
  check_mode:
    description: Says what would be done, also before SQLite is installed.
    support: full
  diff_mode:
    description: No diff.
    support: none
"""

EXAMPLES = r"""
- name: Make the application's database
  koor.provision.sqlite_databases:
    names: [shop]
"""

RETURN = r"""
actions:
  description: What was (or in check mode would be) done.
  returned: always
  type: list
  elements: str
  sample: [make /var/lib/koor/sqlite, make /var/lib/koor/sqlite/shop.db]
"""

import os
import pwd
import re
import stat
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
DIRECTORY_MODE, FILE_MODE = 0o750, 0o640
MAGIC = b"SQLite format 3\0"
WAL = b"\x02\x02"  # versions for writing and for reading, at offset 18 of the file


class Odd(Exception):  # noqa: N818 - not an error of ours
    """Something lies there that we do not touch."""


def open_plain(path: Path) -> int | None:
    """Open a file for a look, and never through a link; None if there is none.

    Raises:
        Odd: it is a link, a device, or known by another name too.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise Odd(f"{path} is no plain file: {problem.strerror}") from problem
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        os.close(handle)
        raise Odd(f"{path} is no plain file, or has a second name")
    return handle


def has_wal(head: bytes) -> bool:
    """Tell whether a file begins as a database with a write-ahead log does.

    Raises:
        Odd: it is something else than a database.
    """
    if head and not head.startswith(MAGIC):
        raise Odd("is no database of SQLite")
    return head[18:20] == WAL


class Databases:
    """The work, step by step."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.actions: list[str] = []
        user = pwd.getpwnam(module.params["user"])
        self.owner = (user.pw_uid, user.pw_gid)

    def act(self, action: str) -> bool:
        """Note something; tell whether it is to be done, and not only said."""
        self.actions.append(action)
        return not self.module.check_mode

    def directory(self, path: Path) -> None:
        """Make the directory for the user, and those above it for root."""
        if not path.is_dir():
            if not self.act(f"make {path}"):
                return
            for missing in reversed([folder for folder in path.parents if not folder.exists()]):
                missing.mkdir(mode=0o755)
                missing.chmod(0o755)
            path.mkdir(mode=0o700)
            os.chown(path, *self.owner)
            path.chmod(DIRECTORY_MODE)
            return
        status = path.lstat()
        access = (status.st_mode & 0o7777, status.st_uid, status.st_gid)
        if access != (DIRECTORY_MODE, *self.owner) and self.act(f"close {path}"):
            os.chown(path, *self.owner, follow_symlinks=False)
            path.chmod(DIRECTORY_MODE)

    def database(self, path: Path) -> None:
        """Make a database, or correct its journal and who may read it."""
        handle = open_plain(path)
        if handle is None:
            if self.act(f"make {path}"):
                self.log_ahead(path)
            return
        try:
            if not has_wal(os.read(handle, 100)) and self.act(f"log ahead in {path}"):
                self.log_ahead(path)
            status = os.fstat(handle)
            access = (status.st_mode & 0o7777, status.st_uid, status.st_gid)
            if access != (FILE_MODE, *self.owner) and self.act(f"close {path}"):
                os.fchown(handle, *self.owner)
                os.fchmod(handle, FILE_MODE)
        finally:
            os.close(handle)

    def log_ahead(self, path: Path) -> None:
        """Have the user itself set the journal, which also makes a file that is not there."""
        command = ["runuser", "--user", self.module.params["user"], "--", "sqlite3", "-bail", "-batch", str(path)]
        rc, out, err = self.module.run_command(command, data="PRAGMA journal_mode = WAL;\n", cwd="/", umask=0o027)
        if rc != 0 or out.strip() != "wal":
            self.module.fail_json(msg=f"SQLite refused {path}: {(err or out).strip()[-500:]}", actions=self.actions)


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "names": {"type": "list", "elements": "str", "required": True},
            "directory": {"type": "path", "default": "/var/lib/koor/sqlite"},
            "user": {"default": "www-data"},
        },
        supports_check_mode=True,
    )
    for name in module.params["names"]:
        if not NAME.fullmatch(name):
            module.fail_json(msg=f"{name!r} is not allowed here; it must match {NAME.pattern}")
    work = Databases(module)
    folder = Path(module.params["directory"])
    try:
        work.directory(folder)
        for name in module.params["names"]:
            work.database(folder / f"{name}.db")
    except (Odd, OSError) as problem:
        module.fail_json(msg=f"{problem}", actions=work.actions)
    module.exit_json(changed=bool(work.actions), actions=work.actions)


if __name__ == "__main__":
    main()
