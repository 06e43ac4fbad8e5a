"""A testinfra backend over our own way to the target, as a pytest plugin: `-p koor_provision.verify.reach_backend`.

testinfra's own backends put each command on a command line of this machine, where everybody can read what the
customer's database is called (R11). This one sends commands through standard input to a shell on the target, as root,
over one connection that opens with the first of them. How to get there is in KOOR_REACH, a JSON list of arguments.
"""

import atexit
import json
import os
from functools import cache
from typing import Any

import testinfra.backend
from testinfra.backend.base import BaseBackend, CommandResult

from koor_provision.verify.channel import Channel

NAME = "koor"
HOSTS = f"{NAME}://target"

testinfra.backend.BACKENDS[NAME] = f"{__name__}.ReachBackend"


@cache
def channel() -> Channel:
    """The one connection of this process."""
    opened = Channel(json.loads(os.environ["KOOR_REACH"]))
    atexit.register(opened.close)
    return opened


class ReachBackend(BaseBackend):  # type: ignore[misc]  # testinfra is not checked here
    """Runs commands in a shell on the target."""

    NAME = NAME

    def run(self, command: str, *args: str, **_: Any) -> CommandResult:  # noqa: ANN401
        """Run one command; nothing of it is kept in the result."""
        answer = channel().run(self.get_command(command, *args))
        return self.result(answer.code, b"", answer.out, answer.err)
