"""Numbered events of a run over a private descriptor.

ansible-runner reads its events from the run's output, where a managed host can put forged ones. This plugin writes
ours, one JSON object a line, to a named pipe that only the run's owner can open (KOOR_EVENTS). Each carries a number;
a gap shows.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: events
type: notification
short_description: Numbered events over a private pipe
description:
  - Writes what happens to the named pipe in the environment variable E(KOOR_EVENTS), one JSON object a line.
  - Ends the run before its next task when the file in E(KOOR_STOP) is there.
  - Results marked C(no_log) are censored by Ansible before they come here.
requirements:
  - enable it in the configuration
"""

MAX_MESSAGE = 2000


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """Writes events as they happen."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "koor.provision.events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Open the pipe; without one there is nobody to tell."""
        super().__init__()
        path = os.environ.get("KOOR_EVENTS")
        self._pipe = Path(path).open("w", encoding="utf-8") if path else None  # noqa: SIM115  # open for the whole run
        if path is None:
            self.disabled = True
        self._stop = os.environ.get("KOOR_STOP")
        self._number = 0
        self._started: dict[str, float] = {}

    def _emit(self, event: str, **fields: Any) -> None:
        self._number += 1
        if self._pipe:
            self._pipe.write(
                json.dumps({"number": self._number, "event": event, "time": round(time.time(), 3), **fields}) + "\n"
            )
            self._pipe.flush()

    def v2_playbook_on_start(self, playbook: Any) -> None:  # noqa: ARG002
        """Tell that it begins."""
        self._emit("start")

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Tell that a play begins."""
        self._emit("play", play=play.get_name())

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: ARG002, FBT001
        """Tell which task begins."""
        self._task(task)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        """Tell which handler begins."""
        self._task(task)

    def _task(self, task: Any) -> None:
        if self._stop and Path(self._stop).exists():
            # Nothing is going on now: the step before is done and told, this one has not begun.
            self._emit("stopped")
            raise KeyboardInterrupt
        self._started[task._uuid] = time.time()
        self._emit("task", role=str(task._role or ""), task=task.get_name(include_role_fqcn=False).split(" : ")[-1])

    def _result(self, result: Any, status: str) -> None:
        task = result.task
        fields: dict[str, Any] = {
            "role": str(task._role or ""),
            "task": task.get_name(include_role_fqcn=False).split(" : ")[-1],
            "status": status,
            "seconds": round(time.time() - self._started.get(task._uuid, time.time()), 3),
        }
        if status in {"failed", "unreachable", "ignored"}:
            data = result.result
            fields["message"] = str(data.get("censored") or data.get("msg") or data.get("stderr") or "no message")[
                :MAX_MESSAGE
            ]
        elif notes := result.result.get("notes"):  # of a module of ours: what people have to hear though nothing failed
            fields["message"] = "; ".join(map(str, notes))[:MAX_MESSAGE]
        self._emit("result", **fields)

    def v2_runner_on_ok(self, result: Any) -> None:
        """Tell that a task is done."""
        self._result(result, "changed" if result.is_changed() else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: FBT001, FBT002
        """Tell that a task failed."""
        self._result(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Tell that a task was not needed."""
        self._result(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Tell that the host is gone."""
        self._result(result, "unreachable")

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ARG002
        """Tell that this was all."""
        self._emit("end")
        if self._pipe:
            self._pipe.close()
            self._pipe = None
