"""Progress of programs side by side, in a log and on a terminal."""

import sys

from rich.console import Console
from rich.progress import Progress

from koor_provision.cli.watching import _Lines, watching


def test_a_log_has_a_line_for_each_step(capsys):
    with watching(1) as tell:
        tell("nginx on debian13", "converge")
        tell("nginx on debian13", "passed, 61 s")

    assert [line.split("] ")[1] for line in capsys.readouterr().err.splitlines()] == [
        "nginx on debian13: converge",
        "nginx on debian13: passed, 61 s",
    ]


def test_a_terminal_has_a_line_for_each_program_at_work(tmp_path):
    with (tmp_path / "screen").open("w") as screen, Progress(console=Console(file=screen)) as bar:
        lines = _Lines(bar, 2)
        lines.tell("a", "create")
        lines.tell("b", "create")
        lines.tell("a", "failed, 3 s, log: [x]")
        assert [task.description for task in bar.tasks] == ["all", "b: create"]
        assert bar.tasks[0].completed == 1

    assert "a: failed, 3 s, log: [x]" in (tmp_path / "screen").read_text()


def test_whoever_stops_reading_stops_nothing(monkeypatch):
    class Gone:
        def isatty(self) -> bool:
            return False

        def write(self, text: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    with watching(1) as tell:
        tell("a", "begins")
