"""Live progress: a bar with the present step on a terminal, plain lines elsewhere. Always on stderr."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


class Progress(Protocol):
    """What the run tells."""

    def stage(self, text: str, roles: int | None = None) -> None:
        """A new stage begins; it has this many roles, where that is known."""

    def part(self, done: float) -> None:
        """So much of the stage is done, from 0 to 1; may be told from any thread."""

    def event(self, event: dict[str, Any]) -> None:
        """Something happened in the run."""


class _Plain:
    """One line a stage, one a change or failure: readable in a log."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._quarters = 0

    def _say(self, text: str) -> None:
        with suppress(OSError):  # whoever read this has gone; the run goes on
            click.echo(f"[{time.monotonic() - self._start:5.1f} s] {text}", err=True)

    def stage(self, text: str, roles: int | None = None) -> None:
        del roles
        self._quarters = 0
        self._say(text)

    def part(self, done: float) -> None:
        if int(done * 4) > self._quarters:
            self._quarters = int(done * 4)
            self._say(f"  {self._quarters * 25} %")

    def event(self, event: dict[str, Any]) -> None:
        if event["event"] == "result" and event["status"] in {"changed", "failed", "unreachable", "ignored"}:
            self._say(
                f"  {event['status']}: {event['role']}: {event['task']}"
                + (f": {event['message']}" if "message" in event else "")
            )


class _Bar:
    """A bar over the run's roles: how many tasks each has is only known when it is reached."""

    def __init__(self, bar: "RichProgress") -> None:
        self._bar = bar
        self._row = bar.add_task("", total=None)
        self._seen: set[str] = set()

    def stage(self, text: str, roles: int | None = None) -> None:
        self._bar.update(self._row, description=text, total=roles, completed=0)

    def part(self, done: float) -> None:
        self._bar.update(self._row, total=1, completed=done)

    def event(self, event: dict[str, Any]) -> None:
        if event["event"] == "task" and event["role"]:
            self._seen.add(event["role"])
            # The one that is at work now is not done. Handlers come back to roles that are.
            done = len(self._seen) - 1
            self._bar.update(self._row, description=f"{event['role']}: {event['task']}", completed=done)
        elif event["event"] == "result" and event["status"] in {"failed", "unreachable"}:
            self._bar.console.print(
                f"{event['status']}: {event['role']}: {event['task']}: {event['message']}",
                style="red",
                markup=False,
            )
        elif event["event"] == "result" and "message" in event:
            self._bar.console.print(f"{event['role']}: {event['task']}: {event['message']}", markup=False)


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress for the length of a block."""
    if not sys.stderr.isatty():
        yield _Plain()
        return
    from rich.console import Console  # noqa: PLC0415  # only where there is a terminal to draw on
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as RichProgress  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar)
