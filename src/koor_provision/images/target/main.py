"""The first boot of an image, in two steps: before the database starts, and when it runs.

Each step may be tried again: after a crash the next boot begins it anew. When both are done, all of this deletes
itself.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from koor_provision.images.target import secrets_here as here
from koor_provision.images.target.sizes import Machine, sized

HOME = Path("/var/lib/koor-image")
"""Holds this program, `jobs.json`, and while the first boot is not over `password`."""
NOTICE = Path("/etc/issue.d/koor.issue")
STEPS: dict[str, Callable[[dict[str, Any]], None]] = {}


def main() -> int:
    """Run the step that the command line names; returns the exit code."""
    if sys.argv[1] == "module":
        here.become_module(sys.argv[2])
        return 0
    step = sys.argv[1]
    done = HOME / f"{step}.done"
    if done.exists():
        return 0
    try:
        STEPS[step](json.loads((HOME / "jobs.json").read_text(encoding="utf-8")))
    except Exception as error:
        notice(f"The first boot did not finish ({step}: {type(error).__name__}).\n"
               "Restart the machine to try again. What happened: journalctl -u 'koor-*'\n")  # fmt: skip
        raise
    done.touch()
    if step == "accounts":
        for file in HOME.iterdir():
            file.unlink()
        HOME.rmdir()
    return 0


def machine(jobs: dict[str, Any]) -> None:
    """What needs no database: keys, certificates, sizes, the database's own files, the login."""
    here.make_host_keys()
    here.make_snakeoil()
    resize(jobs["components"])
    here.make_mariadb()
    here.make_postgresql()
    for name, arguments in jobs["before"]:
        here.run_module(name, arguments)
    password = here.new_password()
    here.give_login(password)
    write(HOME / "password", password, 0o600)


def accounts(jobs: dict[str, Any]) -> None:
    """Databases and accounts; afterwards the machine is ready, and says so."""
    for name, arguments in jobs["after"]:
        here.run_module(name, arguments)
    notice(greeting((HOME / "password").read_text(encoding="ascii")))


def resize(components: list[str]) -> None:
    """Put the sizes for this machine into every file that has some."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024 // 1024
    for one in sized(Machine(memory, os.cpu_count() or 1, components)):
        for file in Path("/").glob(one.files.removeprefix("/")):
            write(file, one.rewrite(file.read_text(encoding="utf-8")), file.stat().st_mode & 0o777)


def greeting(password: str) -> str:
    """What the console shows above the login prompt; agetty fills in the address."""
    return (
        "This server is ready: https://\\4/\n\n"
        f"First login, here or by ssh {here.ADMIN}@\\4\n"
        f"    user      {here.ADMIN}\n"
        f"    password  {password}   (asks for a new one)\n"
        f"With an SSH key: log in once, then run ssh-copy-id {here.ADMIN}@\\4 where your key is.\n\n"
    )


def notice(text: str) -> None:
    """Say something above the login prompt; only root, and so the login program, can read the file."""
    NOTICE.parent.mkdir(exist_ok=True)
    write(NOTICE, text, 0o600)


def write(file: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all; nobody else can read it before its mode says so."""
    status = file.stat() if file.exists() else None
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        if status:
            os.fchown(descriptor, status.st_uid, status.st_gid)
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    fresh.replace(file)


STEPS |= {"machine": machine, "accounts": accounts}
