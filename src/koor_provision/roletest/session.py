"""One run of `roles test`: copies, servers, programs, answers."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.models.trial import Trial
from koor_provision.roletest import jobs, workspace
from koor_provision.roletest.changes import Choice
from koor_provision.roletest.programs import Servers
from koor_provision.roletest.run import Runner
from koor_provision.roletest.scenarios import Scenario


@contextmanager
def copies(root: Path, fallback: Path, collections: Path, names: Sequence[str]) -> Iterator[dict[str, Path]]:
    """Copies of what is tested, by name, which are gone afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix="koor-roles-"))
    try:
        places = {name: scratch / name / "koor" for name in names}
        for place in places.values():
            place.mkdir(parents=True)
            workspace.lay_out(root, fallback, collections, place)
        yield places
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class Session:
    """What is to be done, laid out and ready.

    Args:
        copied: a copy for each system, and one called `files` for what needs no server; see `copies`.
        systems: on which scenarios run.
    """

    def __init__(self, choice: Choice, copied: dict[str, Path], systems: Sequence[str]) -> None:
        self._copied = copied
        home = copied["files"].parent.parent / "home"
        home.mkdir()
        self._scratch = home
        token = secrets.token_hex(3)
        wanted = [(one, system) for one in choice.scenarios for system in systems if system in one.systems]
        servers = Servers(copied["files"])
        podman = servers.prepare() if wanted else {}
        self.images = {system: servers.image(system) for system in dict.fromkeys(system for _, system in wanted)}
        self.jobs = [
            *jobs.from_files(choice, copied["files"], home),
            *(jobs.on_a_server(one, system, copied[system], home, token, podman) for one, system in wanted),
        ]

    def run(self, workers: int, logs: Path, tell: Callable[[str, str], None]) -> list[Trial]:
        """Run everything side by side.

        Raises:
            KeyboardInterrupt: after everything was stopped and its servers removed.
        """
        return Runner(logs, self._scratch, lambda job, text: tell(job.title, text)).run(self.jobs, workers)


def must_be_known(systems: Sequence[str], known: Sequence[str]) -> None:
    """See that every system has a server in some scenario.

    Raises:
        InputError: one has not.
    """
    for system in systems:
        if system not in known:
            raise InputError(f"no scenario runs on '{system}'", hint=f"there are: {', '.join(known)}")


def must_be_scenarios(names: Sequence[str], known: Sequence[Scenario]) -> None:
    """See that there is a scenario of each name.

    Raises:
        InputError: there is not.
    """
    for name in names:
        if name not in {one.name for one in known}:
            raise InputError(f"no scenario '{name}'", hint=f"there are: {', '.join(one.name for one in known)}")
