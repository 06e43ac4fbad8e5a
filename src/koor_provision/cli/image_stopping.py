"""Ctrl-C, a polite kill and a lost terminal end a build alike: what runs is stopped, what it made is taken away."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from koor_provision.images.containers import stop_all

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopped_cleanly() -> Iterator[None]:
    """For the length of the block each of the signals is a KeyboardInterrupt, once; the way out is not disturbed."""

    def hear(number: int, _: FrameType | None) -> None:
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_IGN)
        if number == signal.SIGHUP:  # the terminal is gone, and whatever is still said to it would fail
            with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
                for stream in (1, 2):
                    os.dup2(nowhere.fileno(), stream)
        stop_all()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, hear) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
