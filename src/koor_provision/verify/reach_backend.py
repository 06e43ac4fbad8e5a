"""A testinfra backend over our own way to the target, as a pytest plugin: `-p koor_provision.verify.reach_backend`.

testinfra's own backends put each command on a command line of this machine, where everybody can read what the
customer's database is called (R11). This one sends commands through standard input to a shell on the target, as root,
over the connection that is open already. How to get there is in KOOR_REACH, a JSON list of arguments.
"""

import json
import os
from typing import Any

import testinfra.backend
from testinfra.backend.base import BaseBackend, CommandResult

from koor_provision.preflight import bounded

NAME = "koor"
COMMAND_SECONDS = 120
HOSTS = f"{NAME}://target"

testinfra.backend.BACKENDS[NAME] = f"{__name__}.ReachBackend"


class ReachBackend(BaseBackend):  # type: ignore[misc]  # testinfra is not checked here
    """Runs commands in a shell on the target."""

    NAME = NAME

    def __init__(self, hostname: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # testinfra's own signature
        super().__init__(hostname, *args, **kwargs)
        self._way: list[str] = json.loads(os.environ["KOOR_REACH"])

    def run(self, command: str, *args: str, **_: Any) -> CommandResult:  # noqa: ANN401
        """Run one command; nothing of it is kept in the result."""
        line = self.get_command(command, *args)
        answer = bounded.run([*self._way, "/bin/sh", "-s"], self.encode(line), COMMAND_SECONDS)
        return self.result(answer.code, b"", answer.out, answer.err)
