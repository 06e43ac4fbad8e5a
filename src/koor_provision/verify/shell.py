"""Runs on the target: executes the commands that it is told, one after the other, over one connection.

To reach a server anew for each command takes longer than most commands. `verify.channel` sends this text, and then one
line of JSON for each command; nothing of it is on the target's disk, and no command stands in its list of processes
but while it runs. The end of input ends it.
"""

import base64
import json
import subprocess
import sys


def answer(command: str, seconds: int) -> "list[int | str]":
    """Run a command in a shell: its exit code, its output and its complaints."""
    try:
        done = subprocess.run(
            ["/bin/sh", "-s"], input=command.encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return [124, "", base64.b64encode(b"took too long").decode()]
    return [done.returncode, base64.b64encode(done.stdout).decode(), base64.b64encode(done.stderr).decode()]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)
