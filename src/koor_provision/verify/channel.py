"""One connection to the target for all commands of a verification."""

import base64
import json
import shlex
import subprocess
from contextlib import suppress
from importlib.resources import files
from queue import Empty, Queue
from threading import Thread

from koor_provision.preflight.bounded import MAX_BYTES, Answer, TooLongError

COMMAND_SECONDS = 120
_LEAVE_SECONDS = 5
_MOST = 3 * MAX_BYTES  # base64 makes four letters of three bytes, and there are two streams


class Channel:
    """A shell on the target that is told one command after the other.

    Args:
        way: the arguments that stand before a command to have it run there as root (`Reach.as_root`).
    """

    def __init__(self, way: list[str]) -> None:
        program = files("koor_provision.verify").joinpath("shell.py").read_text(encoding="utf-8")
        # ssh has a shell read what it passes on; the program itself is no secret, what it is told later is.
        words = ["python3", "-I", "-c", program]
        command = [*way, *(map(shlex.quote, words) if way[:1] == ["ssh"] else words)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._heard: Queue[bytes] = Queue()
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout  # noqa: S101  # for the type checker: it is a pipe
        with self._process.stdout as answers:
            while line := answers.readline(_MOST):
                self._heard.put(line)
                if not line.endswith(b"\n"):
                    break
        self._heard.put(b"")

    def run(self, command: str) -> Answer:
        """Have one command run there.

        Raises:
            ConnectionError: the connection is gone, or gave no answer.
            TooLongError: it answered with more than anybody asked for.
        """
        assert self._process.stdin  # noqa: S101  # for the type checker: it is a pipe
        try:
            with suppress(BrokenPipeError):  # that it is gone is told by what is heard
                self._process.stdin.write(json.dumps([command, COMMAND_SECONDS]).encode() + b"\n")
                self._process.stdin.flush()
            return self._answer()
        except BaseException:
            self._process.kill()  # a late answer must not be taken for that to the next command
            raise

    def _answer(self) -> Answer:
        try:
            line = self._heard.get(timeout=COMMAND_SECONDS + _LEAVE_SECONDS)
        except Empty as error:
            raise ConnectionError("the target gave no answer") from error
        if not line:
            self._heard.put(b"")  # so it is for whoever asks next
            raise ConnectionError("the target is gone")
        if not line.endswith(b"\n"):
            raise TooLongError
        try:
            code, out, err = json.loads(line)
            return Answer(int(code), base64.b64decode(out, validate=True), base64.b64decode(err, validate=True))
        except (ValueError, TypeError) as error:
            raise ConnectionError("the target's answer makes no sense") from error

    def close(self) -> None:
        """End it; nothing of it stays."""
        assert self._process.stdin  # noqa: S101  # for the type checker: it is a pipe
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
