"""Programs side by side: what is told, what is kept, and that nothing is left running."""

import os
import sys
import threading
from pathlib import Path

import pytest

from koor_provision.models.trial import Kind, Outcome
from koor_provision.roletest.jobs import Job
from koor_provision.roletest.run import Runner


def job(folder: Path, subject: str, program: str, *servers: str, costs: int = 0) -> Job:
    """A scenario whose program is Python."""
    command = (sys.executable, "-c", program)
    return Job(Kind.MOLECULE, subject, "debian12", command, folder, dict(os.environ), servers, costs)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy whose script for servers writes down what it is asked."""
    script = tmp_path / "script" / "testhost"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\necho "$@" >>"$(dirname "$0")/asked"\n')
    script.chmod(0o755)
    (tmp_path / "scratch").mkdir()
    return tmp_path


def runner(folder: Path, told: list[tuple[str, str]]) -> Runner:
    return Runner(folder / "logs", folder / "scratch", lambda one, text: told.append((one.subject, text)))


def test_answers_come_in_the_order_of_the_jobs_and_nothing_is_kept_of_what_passed(folder):
    told: list[tuple[str, str]] = []
    found = runner(folder, told).run([job(folder, "a", "print(1)"), job(folder, "b", "print(2)", costs=5)], 1)

    assert [(one.subject, one.outcome) for one in found] == [("a", Outcome.PASSED), ("b", Outcome.PASSED)]
    assert [name for name, text in told if text == "begins"] == ["b", "a"]
    assert not (folder / "logs").exists()
    assert not (folder / "script" / "asked").exists()


def test_of_what_failed_the_log_is_kept_and_its_servers_are_removed(folder):
    found = runner(folder, []).run([job(folder, "a", "print('why\\x1b[2J'); raise SystemExit(2)", "server-1")], 2)

    assert found[0].outcome is Outcome.FAILED
    assert found[0].tail == "why\\u001b[2J"
    assert Path(found[0].log).read_text(encoding="utf-8") == "why\x1b[2J\n"
    assert (folder / "script" / "asked").read_text() == "down server-1\n"


def test_steps_are_told_while_they_run(folder):
    told: list[tuple[str, str]] = []
    runner(folder, told).run([job(folder, "a", "print('INFO     [a > converge] Executing')")], 2)

    assert [text for _, text in told][:2] == ["begins", "converge"]


def test_who_stops_it_leaves_no_program_and_no_server(folder):
    begun = threading.Event()
    endless = "import signal, sys; print('INFO     [a > create] Executing', flush=True); signal.pause()"
    both = [job(folder, "a", endless, "server-1"), job(folder, "b", endless, "server-2")]
    work = Runner(folder / "logs", folder / "scratch", lambda one, text: begun.set() if text == "create" else None)
    answers: list[list[Outcome]] = []
    thread = threading.Thread(target=lambda: answers.append([one.outcome for one in work.run(both, 1)]))
    thread.start()
    assert begun.wait(30)
    work.stop()
    thread.join(30)

    assert answers == [[Outcome.STOPPED, Outcome.STOPPED]]
    assert set((folder / "script" / "asked").read_text().splitlines()) == {"down server-1", "down server-2"}
