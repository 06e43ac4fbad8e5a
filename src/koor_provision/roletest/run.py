"""Runs programs side by side, tells what they are at, and keeps the logs of those that fail."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from koor_provision.models.text import shown
from koor_provision.models.trial import Outcome, Trial
from koor_provision.roletest.jobs import Job
from koor_provision.roletest.programs import Servers

Tell = Callable[[Job, str], None]
"""Takes a job and what it is at: a step, or how it ended."""
_STEP = re.compile(r"\[(?P<scenario>[\w-]+) > (?P<step>\w+)\] Executing$")
_TAIL = 60
_GRACE = 10


class Runner:
    """Runs jobs; `stop` ends them all.

    Args:
        logs: where logs are kept of what failed; made when the first is.
        scratch: where logs are while nothing failed.
    """

    def __init__(self, logs: Path, scratch: Path, tell: Tell) -> None:
        self._logs = logs
        self._scratch = scratch
        self._tell = tell
        self._stopped = threading.Event()
        self._running: dict[Job, subprocess.Popen[str]] = {}
        self._lock = threading.Lock()

    def run(self, jobs: Sequence[Job], workers: int) -> list[Trial]:
        """Run all, the longest first; the answers come in the order in which the jobs were given.

        Raises:
            KeyboardInterrupt: after everything was stopped and its servers removed.
        """
        order = sorted(jobs, key=lambda job: -job.costs)
        with ThreadPoolExecutor(workers) as pool:
            futures: dict[Job, Future[Trial]] = {job: pool.submit(self._one, job) for job in order}
            try:
                return [futures[job].result() for job in jobs]
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """End all programs, and what they started."""
        self._stopped.set()
        with self._lock:
            running = dict(self._running)
        for process in running.values():
            _end(process, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        for process in running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _end(process, signal.SIGKILL)

    def _one(self, job: Job) -> Trial:
        start = time.monotonic()
        log = self._scratch / f"{job.subject.split(',')[0]}-{job.system or job.kind}.log".replace(" ", "-")
        code = self._execute(job, log) if not self._stopped.is_set() else None
        if code != 0:
            Servers(job.folder).down(*job.servers)
        if code is None or self._stopped.is_set():
            return Trial(job.kind, job.subject, job.system, Outcome.STOPPED, time.monotonic() - start)
        outcome = Outcome.PASSED if code == 0 else Outcome.FAILED
        kept, tail = ("", "") if code == 0 else self._keep(log)
        trial = Trial(job.kind, job.subject, job.system, outcome, time.monotonic() - start, kept, tail)
        self._tell(job, f"{outcome}, {trial.seconds:.0f} s" + (f", log: {kept}" if kept else ""))
        return trial

    def _execute(self, job: Job, log: Path) -> int | None:
        """Run a job's program; its exit code, or None where it was stopped before it began."""
        with self._lock:
            if self._stopped.is_set():
                return None
            process = subprocess.Popen(
                job.command, cwd=job.folder, env=dict(job.environment), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
            )  # fmt: skip
            self._running[job] = process
        self._tell(job, "begins")
        assert process.stdout is not None  # noqa: S101  # a pipe was asked for
        with process.stdout, log.open("w", encoding="utf-8") as file:
            for line in process.stdout:
                file.write(line)
                if match := _STEP.search(line.rstrip()):
                    self._tell(job, match["step"])
        code = process.wait()
        with self._lock:
            del self._running[job]
        return code

    def _keep(self, log: Path) -> tuple[str, str]:
        text = log.read_text(encoding="utf-8")
        self._logs.mkdir(parents=True, exist_ok=True)
        kept = self._logs / log.name
        kept.write_text(text, encoding="utf-8")
        return str(kept), "\n".join(shown(line) for line in text.splitlines()[-_TAIL:])


def _end(process: subprocess.Popen[str], how: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, how)
