"""Reads the events of our own callback plugin, and keeps count: what is missing or foreign makes a run unverified."""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from koor_provision.models.text import shown

Event = dict[str, Any]


@dataclass
class Log:
    """The events of one run, in order.

    Attributes:
        troubles: gaps, lines that are no event, a missing end.
    """

    events: list[Event] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def add(self, line: str) -> Event | None:
        """Take one line; returns the event if it is the next one."""
        try:
            event = json.loads(line)
            number = event["number"]
        except (ValueError, KeyError, TypeError):
            self.troubles.append("a line that is no event")
            return None
        if number != len(self.events) + 1:
            self.troubles.append(f"event {number} came after event {len(self.events)}")
            return None
        # Part of it was said by the server: nothing of it may move the cursor of the engineer's terminal.
        event = {name: shown(value) if isinstance(value, str) else value for name, value in event.items()}
        self.events.append(event)
        return event

    @property
    def complete(self) -> bool:
        """Whether the run told us everything, from start to end."""
        return (
            bool(self.events)
            and self.events[0]["event"] == "start"
            and self.events[-1]["event"] == "end"
            and not self.troubles
        )

    def results(self, *statuses: str) -> list[Event]:
        """The results of tasks with one of these statuses."""
        return [event for event in self.events if event["event"] == "result" and event["status"] in statuses]


class Listener:
    """A named pipe that our plugin writes to, read by a thread of its own."""

    def __init__(self, pipe: Path, on_event: Callable[[Event], None]) -> None:
        os.mkfifo(pipe, mode=0o600)
        self.log = Log()
        self._on_event = on_event
        # Open for reading and writing: opening does not wait for the writer, and we say when it is over.
        self._descriptor = os.open(pipe, os.O_RDWR | os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._read, name="events", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with os.fdopen(os.dup(self._descriptor), encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line == "\n":  # our own mark, see close(): the plugin writes objects only
                    return
                event = self.log.add(line)
                if event is not None:
                    self._on_event(event)

    def close(self) -> Log:
        """Read what is left and stop."""
        os.write(self._descriptor, b"\n")
        self._thread.join(timeout=30)
        os.close(self._descriptor)
        return self.log
