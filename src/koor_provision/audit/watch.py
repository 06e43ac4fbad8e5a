"""Has a process on the target look at it before a run and after it. What the first look saw never leaves its memory."""

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import IO, TypeVar

from pydantic import BaseModel, ValidationError

from koor_provision.audit.answer import Answer, Begun, Busy, Started
from koor_provision.errors import RunError
from koor_provision.preflight.reach import Reach

LOOK_SECONDS = 600
_LEAVE_SECONDS = 5
_MAX_ANSWER = 128 * 1024 * 1024
_PACKAGE = "koor_provision.audit.target"
# In the order in which they import each other.
_MODULES = (
    "attributes", "tree", "image", "differences", "accounts", "kernel", "announced", "packages", "archives", "records",
    "shell", "scripts", "links", "claims", "listeners", "looks", "lock", "leftovers", "main",
)  # fmt: skip
# Read from a pipe, so that nothing of ours is on the target's disk or in its list of processes.
_BOOT = f"""\
import json,sys,types
for name in ("koor_provision","koor_provision.audit","{_PACKAGE}"):
    sys.modules[name]=types.ModuleType(name)
for name,text in json.loads(sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))):
    module=sys.modules[name]=types.ModuleType(name)
    exec(compile(text,name,"exec"),module.__dict__)
module.main(*json.loads(sys.stdin.buffer.readline()))
"""
_HINT = "look at the server by hand, then run the same command again"
Typed = TypeVar("Typed", bound=BaseModel)


class Watch:
    """A process on the target that has begun its first look; see `watching`."""

    def __init__(self, way: Reach, planned: Sequence[str], run: str) -> None:
        self._way = way
        # Of the target's Python, nothing that a customer may have added is loaded, and no environment counts.
        command = way.command("python3", "-I", "-S", "-X", "utf8", "-c", _BOOT)
        # Errors of whoever brings us there; not on the disk, and nobody has to read along.
        self._errors = os.fdopen(os.memfd_create("koor-provision"), "w+b")
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                start_new_session=True,  # Ctrl-C is for the run, which is audited all the same
            )
        except OSError as error:
            raise RunError(f"{command[0]} cannot be started", where=way.name, hint=f"install {command[0]}") from error
        assert self._process.stdin  # noqa: S101  # for the type checker: both are pipes
        assert self._process.stdout  # noqa: S101
        self._words: IO[bytes] = self._process.stdin
        self._heard: queue.Queue[bytes] = queue.Queue()
        self._started: Started | None = None
        self._peeking = False
        self._listener = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()
        modules = [[f"{_PACKAGE}.{name}", _source(name)] for name in _MODULES]
        program = json.dumps(modules).encode()
        self._tell(b"%d\n" % len(program) + program + json.dumps([list(planned), run]).encode() + b"\n")

    def _listen(self, answers: IO[bytes]) -> None:
        with answers:
            while line := answers.readline(_MAX_ANSWER):
                self._heard.put(line)
        self._heard.put(b"")

    def _tell(self, data: bytes) -> None:
        with suppress(OSError):  # it is gone; that it gives no answer is told
            self._words.write(data)
            self._words.flush()

    def _answer(self, model: type[Typed]) -> Typed:
        try:
            line = self._heard.get(timeout=LOOK_SECONDS)
        except queue.Empty as error:
            raise RunError(
                f"the scope audit gave no answer within {LOOK_SECONDS} s", where=self._way.name, hint=_HINT
            ) from error
        if not line:
            self._errors.seek(0)
            said = self._errors.read(1 << 16).decode(errors="replace").strip()
            raise self._way.trouble(self._process.wait(), f"{said}, so nothing was audited" if said else "")
        try:
            return model.model_validate_json(line)
        except ValidationError as error:
            raise RunError("the scope audit's answer makes no sense", where=self._way.name, hint=_HINT) from error

    def before(self) -> Started:
        """Wait until the first look is done; nothing may be changed before.

        Raises:
            RunError: the target cannot be looked at, or another run is at work there.
        """
        if self._started is None:
            answer = self._answer(Begun).root
            if isinstance(answer, Busy):
                raise RunError(
                    f"{answer.busy} is at work there",
                    where=self._way.name,
                    hint="wait until it is over, then run the same command again",
                )
            self._started = answer
        return self._started

    def peek(self) -> None:
        """Have it look at what packages brought while something else is still going on, so that `after` is quick."""
        if not self._peeking:
            self._peeking = True
            self._tell(b"peek\n")

    def after(self) -> tuple[Answer, float]:
        """The second look, and how many seconds both took.

        Raises:
            RunError: the process is gone, and with it what was seen before; or the answer makes no sense.
        """
        started = self.before()
        self._tell(b"look\n")
        if self._peeking:
            self._answer(_Peeked)
        answer = self._answer(Answer)
        if not answer.intact or answer.sha256 != started.sha256:
            raise RunError("what was seen before the run was changed meanwhile", where=self._way.name, hint=_HINT)
        return answer, started.seconds + answer.seconds

    def leave(self) -> None:
        """End the process; with it goes what it saw."""
        with suppress(OSError):
            self._words.close()
        try:
            self._process.wait(timeout=_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(_LEAVE_SECONDS)  # longer only where a stranger holds the pipe; then it ends with us
        self._errors.close()


class _Peeked(BaseModel):
    peeked: bool


def _source(name: str) -> str:
    return files("koor_provision.audit").joinpath("target", f"{name}.py").read_text(encoding="utf-8")


@contextmanager
def watching(way: Reach, planned: Sequence[str], run: str = "") -> Iterator[Watch]:
    """Begin the first look, and see to it that nothing of it is left, however the block ends.

    Args:
        planned: packages that the plan changes or removes, of which it is kept what they had.
        run: keeps other runs away for as long, and is what they are told; empty where nothing is to be changed.

    Raises:
        RunError: the way there cannot be used at all.
    """
    watch = Watch(way, planned, run)
    try:
        yield watch
    finally:
        watch.leave()
