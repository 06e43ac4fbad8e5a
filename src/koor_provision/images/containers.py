"""podman and mmdebstrap: containers to work in, and the trees that they are made from. Needs no rights beyond those."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from koor_provision.errors import InputError, RunError

_INSTALL = {
    "podman": "apt-get install podman",
    "mmdebstrap": "apt-get install mmdebstrap",
}


def call(
    command: Sequence[str | Path],
    *,
    given: bytes = b"",
    doing: str,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> bytes:
    """Run a command here; returns what it prints.

    Args:
        doing: what it is for, in the words of a message.
        environment: what it is told besides our own environment.
        output: where its output goes instead.

    Raises:
        InputError: it is not installed.
        RunError: it failed; with its last line.
    """
    name = str(command[0])
    try:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
            process_group=0,  # so that `stop_all` reaches what it starts, as Ctrl-C on a terminal would
        )
    except FileNotFoundError as error:
        raise InputError(f"{name} is not installed", hint=_INSTALL.get(name, f"install {name}")) from error
    _RUNNING.add(process)
    try:
        answer, told = process.communicate(given)
    except BaseException:
        end(process)
        raise
    finally:
        _RUNNING.discard(process)
    if process.returncode != 0:
        said = told.decode(errors="replace").strip().splitlines()
        said = [line for line in said if not line.startswith("I: ")] or said
        raise RunError(
            f"{doing} failed: {said[-1][:300] if said else f'exit code {process.returncode}'}",
            where=name,
            hint="what it said before: " + " | ".join(line[:200] for line in said[-5:-1])
            if said[1:]
            else "run it again",
        )
    return answer or b""


_RUNNING: set[subprocess.Popen[bytes]] = set()
_PATIENCE_SECONDS = 30


def stop_all() -> None:
    """Ask whatever `call` is running, in any thread, to stop as Ctrl-C does: mmdebstrap then takes its tree away."""
    for process in tuple(_RUNNING):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a command to stop; after a while do not ask."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_SECONDS)
            return


@dataclass(frozen=True)
class Container:
    """A running container."""

    name: str

    def run(self, *command: str, given: bytes = b"", doing: str, environment: Mapping[str, str] | None = None) -> bytes:
        """Run a command in it, as root; returns what it prints.

        Raises:
            RunError: it failed.
        """
        options = [f"--env={name}={value}" for name, value in {"LC_ALL": "C.UTF-8", **(environment or {})}.items()]
        return call(["podman", "exec", "--interactive", *options, self.name, *command], given=given, doing=doing)


@contextmanager
def container(name: str, image: str, *options: str, command: Sequence[str]) -> Iterator[Container]:
    """A container for the length of a block.

    Raises:
        RunError: podman cannot start it.
    """
    try:
        call(["podman", "run", "--detach", "--name", name, *options, image, *command], doing="starting a container")
        yield Container(name)
    finally:
        subprocess.run(["podman", "rm", "--force", "--time", "1", name], capture_output=True, check=False)


@contextmanager
def imported(tree: Path, tag: str) -> Iterator[str]:
    """A tree as an image of podman's, for the length of a block."""
    try:
        call(["podman", "import", "--quiet", tree, tag], doing="handing the tree to podman")
        yield tag
    finally:
        subprocess.run(["podman", "rmi", "--force", tag], capture_output=True, check=False)


def has(tag: str) -> bool:
    """Whether podman has an image of this name."""
    return subprocess.run(["podman", "image", "exists", tag], capture_output=True, check=False).returncode == 0
