"""Ctrl-C, a polite kill or a lost terminal ends the testing of an image at once: no machine or container stays."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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

    def end(_: int, __: object) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)  # the way out is not disturbed
        reaper.start()
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        over.set()
        if reaper.ident is not None:
            reaper.join()
        for number, handler in before.items():
            signal.signal(number, handler)


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
