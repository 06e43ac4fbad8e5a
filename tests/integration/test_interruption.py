"""Ctrl-C during a run: it ends at once, says so, leaves a record, and the same command finishes later."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.integration.conftest import Koor, inventory, private_directories


def test_interrupted_run_is_recorded_and_can_be_finished(server_factory, koor: Koor, sample: Path) -> None:
    server = server_factory("debian12")
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    key = sample / "keys" / "engineer-senior"
    arguments = ("install", sample / "cases" / "default-offer", "-i", reach, "--key", key, "--yes")
    log = koor.home / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            koor.command(*arguments), env=koor.clean_environment, stdout=output, stderr=output, start_new_session=True
        ) as process,
    ):
        deadline = time.time() + 300
        while "Installing on" not in log.read_text():
            assert time.time() < deadline, log.read_text()
            time.sleep(0.1)
        time.sleep(3)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=300) == 3, log.read_text()
    assert "interrupted after" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert [json.loads(line)["event"] for line in koor.ledger.read_text().splitlines()] == ["started", "interrupted"]
    assert private_directories() == []
    wait_for_apt(server)
    assert "installed and verified" in koor(*arguments).stdout


def wait_for_apt(server) -> None:
    """The package manager is never torn from its work; it ends on its own."""
    for _ in range(300):
        if not server.run("sh", "-c", "pgrep -x apt-get || pgrep -x dpkg || true"):
            return
        time.sleep(1)


def test_key_does_not_go_where_it_should_not(koor: Koor, sample: Path) -> None:
    assert (sample / "keys").stat().st_mode & 0o077 == 0
    assert all(Path(file).stat().st_mode & 0o077 == 0 for file in (sample / "keys").iterdir() if file.suffix != ".pub")
