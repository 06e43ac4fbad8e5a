"""What a person does with a new machine: wait for it, log in as the console says, and look around."""

import json
import re
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from koor_provision.errors import RunError
from koor_provision.images.boot.console import Console

BOOT_SECONDS = 900
"""Software emulation takes 65 to 180 s on two cores, and several times that where others work on them as well."""
_ASK_SECONDS = 300
_UP_SECONDS = 600
_PAGE_TRIES_SECONDS = 90
Fetch = Callable[[str], str]
"""Gets a path of the machine's web server; returns status and body, or an empty text."""


@dataclass(frozen=True)
class Identity:
    """What must be one machine's alone: name to something that differs where it differs."""

    marks: dict[str, str]

    def lost_by(self, later: "Identity") -> list[str]:
        """What is not as it was when the same machine started again; its random seed never is."""
        return sorted(
            name
            for name, mark in self.marks.items()
            if later.marks.get(name) != mark and not name.endswith("/random-seed")
        )

    def shared_with(self, other: "Identity") -> list[str]:
        """What two machines have in common."""
        return sorted(name for name, mark in self.marks.items() if other.marks.get(name) == mark)


@dataclass(frozen=True)
class Login:
    """Passwords of the administrator: the one that the console showed, and the one that took its place."""

    shown: str
    password: str


def log_in(console: Console) -> Login:
    """Log in for the first time, as the console shows it.

    Raises:
        RunError: the console does not show a login, or it does not work as it says.
    """
    found = console.wait_for(r"^    password  ([a-z]{20})\b", BOOT_SECONDS)
    if failed := re.search(r"^The first boot did not finish.*\n.*", console.log[: found.start()], re.MULTILINE):
        raise RunError(" ".join(failed[0].split()), where=console.name, hint="look at the console's log")
    shown = found[1]
    new = secrets.token_urlsafe(16)
    current = ("Current password: ?$", shown)
    _answer(console, *_name(shown), current, ("New password: ?$", new), ("Retype new password: ?$", new))
    _become_root(console, new)
    return Login(shown, new)


def come_back(console: Console, password: str) -> None:
    """Log in with the password that was chosen.

    Raises:
        RunError: there is no login, or the password does not work.
    """
    console.wait_for(r"login: ?$", BOOT_SECONDS)
    _answer(console, *_name(password))
    _become_root(console, password)


def _name(password: str) -> tuple[tuple[str, str], ...]:
    return ("login: ?$", "koor"), ("Password: ?$", password)


def _answer(console: Console, *questions: tuple[str, str]) -> None:
    place = 0
    for expected, typed in questions:
        console.wait_for(expected, _ASK_SECONDS, place)
        place = console.type(typed)
    console.wait_for(r"\$ ?$", _ASK_SECONDS, place)


def _become_root(console: Console, password: str) -> None:
    place = console.type("sudo -S -p 'sudo? ' -i bash --noediting --norc")
    console.wait_for(r"sudo\? $", _ASK_SECONDS, place)
    place = console.type(password)
    console.wait_for(r"# ?$", _ASK_SECONDS, place)
    place = console.type("stty -echo; PS1= PS2=; echo re''ady")
    console.wait_for("^ready$", _ASK_SECONDS, place)


def identity(console: Console, keys: Collection[str]) -> Identity:
    """Digests of everything secret or unique on the machine; nothing of it is shown.

    Args:
        keys: files that must be among it besides what every machine has.

    Raises:
        RunError: one is not there.
    """
    said = console.run(_IDENTITY)
    marks = {name: mark for mark, _, name in (line.partition(" ") for line in said.splitlines()) if name}
    wanted = {"/etc/machine-id", "/etc/ssh/ssh_host_ed25519_key", "shadow", *keys}
    if missing := wanted - marks.keys():
        raise RunError(f"has no {', '.join(sorted(missing))}", where=console.name, hint="look at its journal")
    return Identity(marks)


def waiting(ask: Callable[[], str], good: Callable[[str], bool]) -> str:
    """Ask again until the answer is good, for a while; returns the last answer."""
    until = time.monotonic() + _PAGE_TRIES_SECONDS
    while not good(answer := ask()) and time.monotonic() < until:
        time.sleep(1)
    return answer


def state(console: Console) -> dict[str, str]:
    """What the machine says about itself."""
    console.run("systemctl is-system-running --wait >/dev/null || true", _UP_SECONDS)  # what failed is asked for below
    facts: dict[str, str] = json.loads(console.run(f"python3 -c '{_STATE}'", _ASK_SECONDS))
    return facts


_IDENTITY = (
    "sha256sum /etc/machine-id /etc/ssh/ssh_host_*_key /etc/ssl/koor/* /etc/koor-provision/secrets/* "
    "/var/lib/systemd/random-seed 2>/dev/null | tr -s ' '; "
    "getent shadow koor | sha256sum | sed 's/-$/shadow/' | tr -s ' '"
)
_STATE = """
import glob, json, os, subprocess
def say(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()
secure = glob.glob("/sys/firmware/efi/efivars/SecureBoot-*")
print(json.dumps({
    "failed units": say("systemctl", "--failed", "--plain", "--no-legend"),
    "firmware": "uefi" if os.path.isdir("/sys/firmware/efi") else "bios",
    "secure boot": str(open(secure[0], "rb").read()[-1]) if secure else "0",
    "root bytes": say("findmnt", "-bno", "SIZE", "/"),
    "memory mb": str(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20),
    "cores": str(os.cpu_count()),
    "esp": say("findmnt", "-no", "TARGET", "/boot/efi"),
    "notice": open("/etc/issue.d/koor.issue").read(),
    "first boot": " ".join(glob.glob("/var/lib/koor-image/*")),
    "sizes": " ".join(say("sh", "-c", "cat /etc/php/*/fpm/pool.d/koor.conf /etc/mysql/*/90-koor.cnf").split()),
    "loader": say("systemctl", "show", "-P", "Result", "koor-loader"),
}))
""".replace("'", '"')
