"""Running a command whose answer comes from a server that may be anybody's: bounded in time and in length."""

import os
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What the command said, and its exit code."""

    code: int
    out: bytes
    err: bytes


class TooLongError(Exception):
    """It said more than anybody asked for."""


class _Reader(threading.Thread):
    """Reads one stream up to the limit; ends the process where there is more."""

    def __init__(self, process: "subprocess.Popen[bytes]", stream: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._process, self._stream, self.data = process, stream, b""
        self.start()

    def run(self) -> None:
        self.data = self._stream.read(MAX_BYTES + 1)
        if len(self.data) > MAX_BYTES:
            _kill(self._process)


def run(command: list[str], data: bytes, timeout: int) -> Answer:
    """Run a command with these bytes on its standard input.

    Raises:
        FileNotFoundError: there is no such command.
        subprocess.TimeoutExpired: it took longer than `timeout` seconds.
        TooLongError: it answered with more than `MAX_BYTES`.
    """
    pipe = subprocess.PIPE
    # A session of its own: what the command started and left holding our pipes goes with it.
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True) as process:
        assert process.stdin  # noqa: S101  # for the type checker: all three are pipes
        assert process.stdout  # noqa: S101
        assert process.stderr  # noqa: S101
        readers = [_Reader(process, stream) for stream in (process.stdout, process.stderr)]
        try:
            _write(process.stdin, data)
            code = process.wait(timeout)
        except BaseException:
            _kill(process)
            raise
        for reader in readers:
            reader.join(timeout)
    if any(len(reader.data) > MAX_BYTES for reader in readers):
        raise TooLongError
    return Answer(code, readers[0].data, readers[1].data)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _write(stream: IO[bytes], data: bytes) -> None:
    try:
        with stream:
            stream.write(data)
    except BrokenPipeError:
        pass  # it ended without reading; its exit code says why
