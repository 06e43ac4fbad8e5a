"""A machine's serial console: what it says, and what is typed there."""

import os
import re
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from koor_provision.errors import RunError

_LAST = 1_500
_ESCAPES = re.compile(r"\x1b(\[[0-9;?=]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>78cM])")


class Console:
    """A process whose standard output is a console, read by a thread of its own."""

    def __init__(self, command: Sequence[str], name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that all of it can be ended
        )
        self._said = ""
        self._more = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, name=f"console of {name}", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout  # noqa: S101  # a pipe, see above
        while data := self._process.stdout.read1(65_536):  # type: ignore[attr-defined]  # a buffered reader
            with self._more:
                self._said += data.decode(errors="replace")
                self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    @property
    def log(self) -> str:
        """Everything that was said, without what only moves the cursor."""
        with self._more:
            return _ESCAPES.sub("", self._said).replace("\r", "")

    def wait_for(self, pattern: str, seconds: float, since: int = 0) -> re.Match[str]:
        """Wait until the console said something that matches.

        Args:
            since: what was said before this place of `log` does not count.

        Raises:
            RunError: it did not, in this time, or the machine went away.
        """
        until = time.monotonic() + seconds
        with self._more:
            while True:
                text = _ESCAPES.sub("", self._said).replace("\r", "")
                if found := re.compile(pattern, re.MULTILINE).search(text, since):
                    return found
                left = until - time.monotonic()
                if self._ended or left <= 0:
                    what = "the machine went away" if self._ended else f"not within {seconds:.0f} s"
                    raise RunError(
                        f"did not say '{pattern}': {what}",
                        where=self.name,
                        hint=f"the last that it said: {text[-_LAST:]!r}",
                    )
                self._more.wait(min(left, 5))

    def type(self, text: str) -> int:
        """Type a line; returns the place of `log` from which on the answer stands."""
        assert self._process.stdin  # noqa: S101  # a pipe, see above
        place = len(self.log)
        self._process.stdin.write(text.encode() + b"\n")
        self._process.stdin.flush()
        return place

    def run(self, command: str, seconds: float = 120) -> str:
        """Run a command in the shell that is logged in there; returns what it printed.

        Raises:
            RunError: it failed, or gave no answer in this time.
        """
        mark = secrets.token_hex(6)
        # In two parts, so that what the terminal echoes is not taken for the answer.
        place = self.type(f"echo '{mark[:6]}''{mark[6:]}'; {{ {command}\n}} 2>&1; echo \"{mark[:6]}\"'{mark[6:]}' $?")
        found = self.wait_for(rf"^{mark}$\n((?s:.*?)){mark} (\d+)$", seconds, place)
        if found[2] != "0":
            raise RunError(
                f"'{command[:80]}' failed: {found[1][-600:]}", where=self.name, hint="look at the console's log"
            )
        return found[1].strip("\n")

    def wait_for_end(self, seconds: float) -> None:
        """Wait until the machine switched itself off.

        Raises:
            RunError: it did not.
        """
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise RunError(
                f"did not switch off within {seconds:.0f} s", where=self.name, hint="look at its log"
            ) from error

    def kill(self) -> None:
        """End it with all that it started, whatever they do."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._thread.join(timeout=10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe and not self._thread.is_alive():
                with suppress(OSError):  # what was typed last was read by nobody
                    pipe.close()
