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

    def stage(self, text: str) -> None:
        """A new stage begins."""

    def event(self, event: dict[str, Any]) -> None:
        """Something happened in the run."""


class _Plain:
    """One line a stage, one a change or failure: readable in a log."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def _say(self, text: str) -> None:
        with suppress(OSError):  # whoever read this has gone; the run goes on
            click.echo(f"[{time.monotonic() - self._start:5.1f} s] {text}", err=True)

    def stage(self, text: str) -> None:
        self._say(text)

    def event(self, event: dict[str, Any]) -> None:
        if event["event"] == "result" and event["status"] in {"changed", "failed", "unreachable", "ignored"}:
            self._say(
                f"  {event['status']}: {event['role']}: {event['task']}"
                + (f": {event['message']}" if "message" in event else "")
            )


class _Bar:
    """A bar over the run's tasks."""

    def __init__(self, bar: "RichProgress") -> None:
        self._bar = bar
        self._row = bar.add_task("", total=None)

    def stage(self, text: str) -> None:
        self._bar.update(self._row, description=text, total=None, completed=0)

    def event(self, event: dict[str, Any]) -> None:
        if event["event"] == "play":
            self._bar.update(self._row, total=max(event["tasks"], 1), completed=0)
        elif event["event"] == "task":
            self._bar.update(self._row, description=f"{event['role']}: {event['task']}")
        elif event["event"] == "result":
            self._bar.advance(self._row)
            if event["status"] in {"failed", "unreachable"}:
                self._bar.console.print(
                    f"{event['status']}: {event['role']}: {event['task']}: {event['message']}",
                    style="red",
                    markup=False,
                )


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
