"""Ctrl-C, a polite kill or a lost terminal ends the testing of an image at once: no machine or container stays."""

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from koor_provision.cli.image_stopping import stopped_cleanly

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_SECONDS = 0.5


@contextmanager
def cut_off_cleanly(folder: Path) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP are a KeyboardInterrupt for the length of the block, once.

    The machines that are being looked at run in threads, which end when their containers do.

    Args:
        folder: what every container of this test has mounted, and no other.
    """
    over = threading.Event()
    reaper = threading.Thread(target=_reap, args=(folder, over), name="ends containers", daemon=True)

    def end(number: int, frame: FrameType | None) -> None:
        reaper.start()
        handlers[number](number, frame)  # which raises, and hears no signal after this one

    with stopped_cleanly():
        handlers: dict[int, Callable[[int, FrameType | None], object]] = {
            number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))
        }
        for number in handlers:
            signal.signal(number, end)
        try:
            yield
        finally:
            over.set()
            if reaper.ident is not None:
                reaper.join()


def _reap(folder: Path, over: threading.Event) -> None:
    """End our containers, also those that were just being started."""
    while True:
        last = over.is_set()
        said = subprocess.run(
            ["podman", "ps", "--all", "--quiet", "--filter", f"volume={folder}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if ours := said.stdout.split():
            subprocess.run(["podman", "rm", "--force", "--time", "0", *ours], capture_output=True, check=False)
        if last:
            return
        over.wait(_AGAIN_SECONDS)
