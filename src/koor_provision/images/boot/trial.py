"""One copy of a disk, from its machine's first start to the last time that it is switched off, and what was seen."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from koor_provision.errors import KoorError
from koor_provision.images.boot import guest
from koor_provision.images.boot.console import Console
from koor_provision.images.boot.emulated import copied, fetch, started
from koor_provision.images.boot.machines import Machine
from koor_provision.images.boot.offered import Offer, answers

_ROOT_AT_LEAST = 0.9
_OFF_SECONDS = 180
_MENU_SECONDS = 600


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
    login: guest.Login | None = field(default=None, repr=False)
    log: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong with it."""
        return bool(self.checks) and not any(check.failure for check in self.checks)


@dataclass(frozen=True)
class Trial:
    """One copy of a disk, and what it is tried with.

    Attributes:
        disk: the file, as containers see it; it is not written to.
        disk_bytes: size of its disk.
        tag: the image with the tools.
        folder: seen as /disks by containers.
        name: of everything that is made for it.
        offer: what the machine must be able to do.
    """

    disk: str
    disk_bytes: int
    tag: str
    folder: Path
    name: str
    offer: Offer


class _StoppedError(Exception):
    """A step failed, so those after it are not taken."""


def _step(seen: Seen, what: str, do: Callable[[], None]) -> None:
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


def starts(machine: Machine, trial: Trial) -> Iterator[Seen]:
    """Start a new machine, and the same one again as each that it is started as afterwards.

    What goes wrong is a check that failed; a machine with which something is wrong is not started again.
    """
    first = Seen(machine)
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(copied(trial.disk, trial.tag, trial.folder, trial.name))
        except KoorError as error:
            first.checks.append(Check("its disk can be copied", f"{error}\n{error.hint}"))
            yield first
            return
        _start(first, trial, disk, partial(_first, first, trial))
        yield first
        here = first
        for later in machine.then:
            if not here.passed:
                return
            here = Seen(later)
            _start(here, trial, disk, partial(_later, here, first, trial))
            yield here


def _start(seen: Seen, trial: Trial, disk: str, look: Callable[[Console], None]) -> None:
    console: Console | None = None
    try:
        with started(seen.machine, disk, trial.tag, trial.folder, trial.name) as console:
            look(console)
            _step(seen, "switches itself off", partial(_off, console))
    except _StoppedError:
        pass
    except KoorError as error:
        seen.checks.append(Check("can be started", f"{error}\n{error.hint}"))
    finally:
        seen.log = console.log if console else ""


def _first(seen: Seen, trial: Trial, console: Console) -> None:
    """What a person sees of a new machine."""
    ask = partial(fetch, trial.name)

    def come_in() -> None:
        seen.login = guest.log_in(console)

    def look() -> None:
        _stated(
            seen.machine,
            guest.state(console),
            trial.disk_bytes,
            seen.login.shown if seen.login else "",
            sized=trial.offer.sized,
        )

    def know() -> None:
        seen.identity = guest.identity(console, trial.offer.keys)

    _step(seen, "shows a first login on its console, which works once and asks for a new password", come_in)
    opened: set[str] = set()
    if trial.offer.web:
        _step(seen, "serves a page over HTTP", partial(_served, ask))
    _step(seen, trial.offer.asked, lambda: opened.update(answers(console, ask, trial.offer, guest.waiting)))
    _step(seen, "has nothing open to others but what was ordered", partial(_closed, opened, trial.offer))
    _step(seen, "is what its descriptor asks for, and nothing failed in it", look)
    _step(seen, "has keys and secrets", know)
    if seen.machine.then:
        _step(seen, "makes its boot menu anew, as after an update of its kernel", partial(_menu, console))


def _later(seen: Seen, first: Seen, trial: Trial, console: Console) -> None:
    """What it is when it was started again."""

    def come_back() -> None:
        guest.come_back(console, first.login.password if first.login else "")

    def look() -> None:
        # Sizes follow the memory of the first start; another firmware leaves a little more or less of it.
        shown = first.login.shown if first.login else ""
        _stated(seen.machine, guest.state(console), trial.disk_bytes, shown, sized=False)

    def compare() -> None:
        lost = first.identity.lost_by(guest.identity(console, trial.offer.keys)) if first.identity else ["all"]
        if lost:
            raise ValueError(f"not as at its first start: {', '.join(lost)}")

    _step(seen, "starts again, and takes the password that was chosen", come_back)
    if trial.offer.web:
        _step(seen, "serves a page over HTTP", partial(_served, partial(fetch, trial.name)))
    _step(seen, "is what its descriptor asks for, and nothing failed in it", look)
    _step(seen, "is the same machine, with the same keys and secrets", compare)


def _menu(console: Console) -> None:
    console.run("update-grub", _MENU_SECONDS)


def _served(fetch: guest.Fetch) -> None:
    answer = guest.waiting(lambda: fetch("/"), lambda text: text.startswith("200 "))
    if not answer.startswith("200 "):
        raise ValueError(answer[:200] or "nothing")


def _closed(opened: set[str], offer: Offer) -> None:
    if surplus := opened - offer.open:
        raise ValueError(f"nobody ordered {', '.join(sorted(surplus))}")
    if missing := offer.must_be_open - opened:
        raise ValueError(f"closed, or not seen: {', '.join(sorted(missing))}")


def _stated(machine: Machine, state: dict[str, str], disk_bytes: int, password: str, *, sized: bool = True) -> None:
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
    if sized and size not in state["sizes"]:
        wrong.append(f"PHP or the database are not sized '{size}': {state['sizes']}")
    if wrong:
        raise ValueError("; ".join(wrong))


def _off(console: Console) -> None:
    console.type("systemctl poweroff")
    console.wait_for_end(_OFF_SECONDS)
