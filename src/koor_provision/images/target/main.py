"""The first boot of an image, in two steps: before the database starts, and when it runs.

Each step may be tried again: after a crash the next boot begins it anew. When both are done, all of this deletes
itself.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from koor_provision.images.target import secrets_here as here
from koor_provision.images.target.sizes import Machine, sized

HOME = Path("/var/lib/koor-image")
"""Holds this program, `jobs.json`, and while the first boot is not over `password`."""
NOTICE = Path("/etc/issue.d/koor.issue")
SECRETS = Path("/etc/koor-provision/secrets")
_SECRET_LETTERS = 12
"""What is shorter in their files is no password of ours."""
_MOST_LETTERS = 400
SHADOW = Path("/etc/shadow")
CONSOLES = ("/dev/console", "/dev/ttyS0")
STEPS: dict[str, Callable[[dict[str, Any]], None]] = {}
_AT_WORK = {
    "machine": "First boot: making this machine's own keys, certificates and database files. The login comes when all "
    "is made; that takes a few minutes.",
    "accounts": "First boot: making databases and accounts.",
}


def main() -> int:
    """Run the step that the command line names; returns the exit code."""
    if sys.argv[1] == "module":
        here.become_module(sys.argv[2])
        return 0
    step = sys.argv[1]
    if not (HOME / f"{step}.done").exists():
        tell(_AT_WORK[step])
        signal.signal(signal.SIGTERM, _stopped)
        try:
            STEPS[step](json.loads((HOME / "jobs.json").read_text(encoding="utf-8")))
        except Exception as error:
            notice(failure(step, error))
            raise
        write(HOME / f"{step}.done", "", 0o600)
        settle(HOME)
    if step == "accounts":
        vanish()
    return 0


def _stopped(*_: object) -> None:
    """Raise what `main` tells: systemd's patience is over, or the machine is switched off."""
    raise TimeoutError("was stopped before it had finished")


def vanish() -> None:
    """Take all of this away. What says that a step is done goes after the program, so that none is ever done twice."""
    program = HOME / "first-boot.pyz"
    for file in HOME.iterdir():
        if file != program and file.suffix != ".done":
            file.unlink()
    program.unlink()
    settle(HOME)
    for file in HOME.iterdir():
        file.unlink()
    HOME.rmdir()


def machine(jobs: dict[str, Any]) -> None:
    """What needs no database: the login, keys, certificates, sizes, the database's own files."""
    login()  # first, so that whoever has the console can come in, whatever fails afterwards
    here.make_host_keys()
    here.make_snakeoil()
    resize(jobs["components"], jobs["ordered_sizes"])
    here.make_mariadb()
    here.make_postgresql()
    for name, arguments in jobs["before"]:
        here.run_module(name, arguments)


def accounts(jobs: dict[str, Any]) -> None:
    """Databases and accounts; afterwards the machine is ready, and says so."""
    for name, arguments in jobs["after"]:
        here.run_module(name, arguments)
    notice("This server is ready: https://\\4/\n\n" + first_login())


def login() -> None:
    """Make the first login; the one of an earlier try stays where somebody used it."""
    if not (HOME / "password").exists() or first_login():
        password = here.new_password()
        here.give_login(password)
        write(HOME / "password", password, 0o600)


def first_login() -> str:
    """What the console says of the first login; agetty fills in the address. Empty where it was used already."""
    file = HOME / "password"
    # The third field is the day of the last change; zero asks for a new password.
    days = [line.split(":")[2] for line in SHADOW.read_text().splitlines() if line.startswith(f"{here.ADMIN}:")]
    if not file.exists() or days != ["0"]:
        return ""
    return (
        f"First login, here or by ssh {here.ADMIN}@\\4\n"
        f"    user      {here.ADMIN}\n"
        f"    password  {file.read_text(encoding='ascii')}   (asks for a new one)\n"
        f"With an SSH key: log in once, then run ssh-copy-id {here.ADMIN}@\\4 where your key is.\n\n"
    )


def failure(step: str, error: Exception) -> str:
    """What the console says of a first boot that failed, with a way in to mend it."""
    text = f"{type(error).__name__}: {error}"
    for secret in secrets():
        text = text.replace(secret, "***")
    # A backslash would be agetty's; what cannot be printed may move the cursor.
    said = "".join(letter if letter.isprintable() and letter != "\\" else " " for letter in text)[:_MOST_LETTERS]
    return (
        f"The first boot did not finish ({step}).\n    {said}\n"
        "Restart the machine to try again. What happened: journalctl -u 'koor-*'\n\n" + first_login()
    )


def secrets() -> list[str]:
    """Every password that was made so far."""
    files = [HOME / "password", *SECRETS.glob("*")]
    words = (word for file in files if file.is_file() for word in file.read_text(errors="replace").split())
    return sorted({word.strip("'\"") for word in words if len(word) >= _SECRET_LETTERS}, key=len, reverse=True)


def tell(text: str) -> None:
    """Say something on the screen and the serial port, whether or not they are there."""
    for console in CONSOLES:
        with suppress(OSError):
            descriptor = os.open(console, os.O_WRONLY | os.O_APPEND | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                os.write(descriptor, f"\r\n{text}\r\n".encode())
            finally:
                os.close(descriptor)


def resize(components: list[str], ordered: list[str]) -> None:
    """Put the sizes for this machine into every file that has some; those that were ordered stay."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024 // 1024
    for one in sized(Machine(memory, os.cpu_count() or 1, components, ordered)):
        for file in Path("/").glob(one.files.removeprefix("/")):
            write(file, one.rewrite(file.read_text(encoding="utf-8")), file.stat().st_mode & 0o777)


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


def settle(folder: Path) -> None:
    """See to it that what was made or taken away in a folder is so after a power failure as well."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


STEPS |= {"machine": machine, "accounts": accounts}
