"""Live progress of programs that run side by side: a line each on a terminal, plain lines elsewhere.

Always on stderr.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Tell = Callable[[str, str], None]
"""Takes a name and what it is at; the name disappears from the terminal with what ends it."""
ENDINGS = ("passed", "failed", "stopped")


@contextmanager
def watching(total: int) -> Iterator[Tell]:
    """Tell of so many programs, for the length of a block."""
    if not sys.stderr.isatty():
        yield _plain()
        return
    from rich.console import Console  # noqa: PLC0415  # only where there is a terminal to draw on
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=20), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Lines(bar, total).tell


def _plain() -> Tell:
    start, lock = time.monotonic(), threading.Lock()

    def tell(name: str, text: str) -> None:
        with lock, suppress(OSError):  # whoever read this has gone; the work goes on
            click.echo(f"[{time.monotonic() - start:5.1f} s] {name}: {text}", err=True)

    return tell


class _Lines:
    """One line for each program at work, and one for all."""

    def __init__(self, bar: "Progress", total: int) -> None:
        self._bar = bar
        self._all = bar.add_task("all", total=total)
        self._rows: dict[str, TaskID] = {}

    def tell(self, name: str, text: str) -> None:
        if name not in self._rows:
            self._rows[name] = self._bar.add_task(name, total=None)
        self._bar.update(self._rows[name], description=f"{name}: {text}")
        if text.startswith(ENDINGS):
            self._bar.remove_task(self._rows.pop(name))
            self._bar.advance(self._all)
            self._bar.console.print(f"{name}: {text}", style="red" if text.startswith("failed") else "", markup=False)
