"""One machine from its first start to being switched off, and what was seen of it."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from koor_provision.errors import KoorError
from koor_provision.images.boot import guest
from koor_provision.images.boot.console import Console
from koor_provision.images.boot.machines import PORT, Machine, command, variables_of
from koor_provision.images.containers import Container, call

_ROOT_AT_LEAST = 0.9
_OFF_SECONDS = 180
_FETCH = """
import sys, urllib.error, urllib.request
try:
    with urllib.request.urlopen("http://127.0.0.1:{port}{path}", timeout=60) as answer:
        print(answer.status, answer.read(65536).decode(errors="replace"))
except urllib.error.HTTPError as error:
    print(error.code, error.read(65536).decode(errors="replace"))
except OSError:
    pass
"""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `failure` says what is wrong, and is empty where nothing is."""

    name: str
    failure: str = ""
    seconds: float = 0


@dataclass
class Seen:
    """A machine that was started."""

    machine: Machine
    checks: list[Check] = field(default_factory=list)
    identity: guest.Identity | None = None
    log: str = ""


def start(machine: Machine, disk: str, disk_bytes: int, tag: str, folder: Path, token: str) -> Seen:
    """Start a machine, look at it, and switch it off. What goes wrong is a check that failed.

    Args:
        disk: the file, as containers see it; it is not written to.
        disk_bytes: size of its disk.
        tag: the image with the tools.
        folder: seen as /disks by containers.
        token: makes names unique.
    """
    seen = Seen(machine)
    name = f"koor-image-boot-{token}"
    console: Console | None = None

    def step(what: str, do: Callable[[], None]) -> None:
        begun, failure = time.monotonic(), ""
        try:
            do()
        except KoorError as error:
            failure = f"{error}\n{error.hint}"
        except (KeyError, ValueError) as error:
            failure = f"the machine answered something else than it was asked: {error}"
        seen.checks.append(Check(what, failure, time.monotonic() - begun))
        if failure:
            raise _StoppedError

    def fetch(path: str) -> str:
        return (
            Container(name)
            .run("python3", "-", given=_FETCH.format(port=PORT, path=path).encode(), doing="asking the web server")
            .decode()
        )

    try:
        with _machine(machine, disk, tag, folder, name) as console:
            here = console
            shown: list[str] = []
            step(
                "shows a first login on its console, which works once and asks for a new password",
                lambda: shown.append(guest.log_in(here)),
            )
            step("serves a page over HTTP", lambda: _served(fetch))
            step("serves a page that PHP makes from the database", lambda: _paged(here, fetch))
            step(
                "is what its descriptor asks for, and nothing failed in it",
                lambda: _stated(machine, guest.state(here), disk_bytes, shown[0]),
            )
            step("has keys and secrets", lambda: setattr(seen, "identity", guest.identity(here)))
            step("switches itself off", lambda: _off(here))
    except _StoppedError:
        pass
    finally:
        seen.log = console.log if console else ""
    return seen


class _StoppedError(Exception):
    """A step failed, so those after it are not taken."""


@contextmanager
def _machine(machine: Machine, disk: str, tag: str, folder: Path, name: str) -> Iterator[Console]:
    """The machine's console, for as long as it is looked at."""
    variables, overlay = f"/disks/{name}.vars", f"/disks/{name}.qcow2"
    form = disk.rpartition(".")[2]
    prepare = f"qemu-img create -q -f qcow2 -F {form} -b {disk} {overlay}"
    if source := variables_of(machine):
        prepare += f" && cp {source} {variables}"
    options = ["--network=none", f"--volume={folder}:/disks"]
    call(["podman", "run", "--rm", *options, tag, "sh", "-c", prepare], doing=f"preparing {machine.name}")
    try:
        yield (
            console := Console(
                [
                    "podman",
                    "run",
                    "--rm",
                    "--interactive",
                    "--name",
                    name,
                    *options,
                    tag,
                    *command(machine, overlay, variables),
                ],
                machine.name,
            )
        )
    finally:
        subprocess.run(["podman", "rm", "--force", "--time", "0", name], capture_output=True, check=False)
        console.kill()
        for left in (variables, overlay):
            (folder / Path(left).name).unlink(missing_ok=True)


def _served(fetch: guest.Fetch) -> None:
    answer = guest.waiting(lambda: fetch("/"), lambda text: text.startswith("200 "))
    if not answer.startswith("200 "):
        raise ValueError(answer[:200] or "nothing")


def _paged(console: Console, fetch: guest.Fetch) -> None:
    guest.page_from_database(console, fetch)


def _stated(machine: Machine, state: dict[str, str], disk_bytes: int, password: str) -> None:
    wrong = []
    expected = {
        "failed units": "",
        "firmware": "bios" if machine.firmware == "bios" else "uefi",
        "secure boot": "1" if machine.firmware == "secure-boot" else "0",
        "esp": "/boot/efi",
        "first boot": "",
        "loader": "success",
    }
    wrong += [
        f"{name}: {state[name]!r}, expected {value!r}" for name, value in expected.items() if state[name] != value
    ]
    if int(state["root bytes"]) < _ROOT_AT_LEAST * disk_bytes:
        wrong.append(f"the root has {state['root bytes']} bytes, the disk {disk_bytes}")
    if password in state["notice"]:
        wrong.append("the console still shows the first password after it was changed")
    size = f"from {state['memory mb']} MB of memory and {state['cores']} cores"
    if size not in state["sizes"]:
        wrong.append(f"PHP or the database are not sized '{size}': {state['sizes']}")
    if wrong:
        raise ValueError("; ".join(wrong))


def _off(console: Console) -> None:
    console.type("systemctl poweroff")
    console.wait_for_end(_OFF_SECONDS)
