"""Ctrl-C during a run: once ends it after the present step, twice ends it now. What was done is recorded either way."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click


class Stopping:
    """What the engineer asked for.

    Attributes:
        flag: a file that is there from the first time on; whoever goes from step to step looks for it.
    """

    def __init__(self, flag: Path) -> None:
        self.flag = flag
        self._asked = threading.Event()
        self._now = threading.Event()

    def asked(self) -> bool:
        """Whether the run is to end."""
        return self._asked.is_set()

    def now(self) -> bool:
        """Whether it is to end in the middle of a step."""
        return self._now.is_set()

    def hear(self, number: int, _: object = None) -> None:
        """Take a signal."""
        if number == signal.SIGHUP:  # the terminal is gone, and whatever is still said to it would fail
            with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
                for stream in (1, 2):
                    os.dup2(nowhere.fileno(), stream)
        first = not self._asked.is_set()
        self._asked.set()
        self.flag.touch()
        if number == signal.SIGTERM or not (first or number == signal.SIGHUP):
            self._now.set()
        with suppress(OSError):
            now = "stopping now; what was done is recorded"
            later = "stopping after this step, however long that takes; Ctrl-C again stops in the middle of it"
            click.echo(f"\n{now if self.now() else later}", err=True)


@contextmanager
def stoppable(flag: Path) -> Iterator[Stopping]:
    """Ctrl-C, a lost terminal and a polite kill end the run and not the program, for the length of the block."""
    stopping = Stopping(flag)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stopping.hear) for number in numbers}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
