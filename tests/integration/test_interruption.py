"""Whatever interrupts a run, it leaves a record and a state that the next `install` finishes."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.comparing import plan_of
from tests.integration.conftest import Koor, Server, inventory, left_behind

WAIT_SECONDS = 400
PACKAGES = "changed: packages"


class Going:
    """An `install` that is going on."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process, self.log = process, log

    def until(self, text: str) -> None:
        """Wait until it has said something."""
        deadline = time.time() + WAIT_SECONDS
        while text not in self.said:
            assert self.process.poll() is None, self.said
            assert time.time() < deadline, self.said
            time.sleep(0.05)

    @property
    def said(self) -> str:
        """All of it so far."""
        return self.log.read_text(encoding="utf-8")

    def end(self) -> int:
        """Its exit code; it must not have shown a traceback."""
        code = self.process.wait(timeout=WAIT_SECONDS)
        assert "Traceback" not in self.said
        return code


class Install:
    """`koor-provision install` of the default offer on one server."""

    def __init__(self, koor: Koor, sample: Path, server: Server) -> None:
        self.koor, self.server = koor, server
        reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
        case, key = sample / "cases" / "default-offer", sample / "keys" / "engineer-senior"
        self.arguments = ("install", case, "-i", reach, "--key", key, "--yes")

    @contextmanager
    def going(self) -> Iterator[Going]:
        """One in the background."""
        log = self.koor.home / f"log-{time.time_ns()}"
        with (
            log.open("w") as output,
            subprocess.Popen(
                self.koor.command(*self.arguments),
                env=self.koor.clean_environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            ) as process,
        ):
            try:
                yield Going(process, log)
            finally:
                process.kill()

    def __call__(self, code: int = 0) -> "subprocess.CompletedProcess[str]":
        return self.koor(*self.arguments, code=code)

    @property
    def receipts(self) -> list[str]:
        """What the ledger says of the runs so far."""
        return [json.loads(line)["event"] for line in self.koor.ledger.read_text().splitlines()]


@pytest.fixture(scope="module")
def install(koor: Koor, sample: Path, server_factory: Callable[[str], Server]) -> Install:
    return Install(koor, sample, server_factory("debian12"))


def at_work(server: Server) -> bool:
    """Whether the package manager of a server is."""
    return bool(server.run("sh", "-c", "pgrep -x apt-get || pgrep -x dpkg || true"))


def test_connection_that_is_lost_leaves_a_record_and_a_server_that_finishes_what_it_began(install: Install) -> None:
    with install.going() as run:
        run.until("Installing on")
        while not at_work(install.server):
            time.sleep(0.1)
        # What brings us there dies; what runs there does not.
        subprocess.run(["pkill", "-9", "-f", f"podman exec .*{install.server.name}"], check=False)
        assert run.end() == 3
        assert "failed after" in run.said
    assert install.receipts[-2:] == ["started", "failed"]
    assert left_behind() == []


def test_ctrl_c_twice_ends_it_at_once_and_the_next_run_waits_for_the_package_manager(install: Install) -> None:
    with install.going() as run:
        run.until("Installing on")
        os.killpg(run.process.pid, signal.SIGINT)
        run.until("stopping after this step")
        os.killpg(run.process.pid, signal.SIGINT)
        assert run.end() == 3
        assert "stopping now" in run.said
        assert "interrupted after" in run.said
    assert install.receipts[-2:] == ["started", "interrupted"]
    assert left_behind() == []


def test_ctrl_c_once_ends_it_after_the_step(install: Install) -> None:
    with install.going() as run:
        run.until("Installing on")
        os.killpg(run.process.pid, signal.SIGINT)
        assert run.end() == 3
        assert "interrupted after" in run.said
        assert "stopping now" not in run.said
        assert "Verifying" not in run.said
    assert not at_work(install.server), "a step is done when it ends"
    assert install.receipts[-2:] == ["started", "interrupted"]


def test_second_run_on_the_same_server_is_kept_out_by_the_first(install: Install) -> None:
    with install.going() as run:
        run.until("Installing on")
        told = install(code=3).stderr
        assert "another run (plan " in told
        assert "is at work there" in told
        assert run.end() == 0, run.said
        assert "installed and verified" in run.said


def test_polite_kill_leaves_a_record(install: Install) -> None:
    with install.going() as run:
        run.until("Installing on")
        run.process.terminate()
        assert run.end() == 3
    assert install.receipts[-2:] == ["started", "interrupted"]


def test_terminal_that_is_gone_ends_it_after_the_step(install: Install) -> None:
    with install.going() as run:
        run.until("Installing on")
        run.process.send_signal(signal.SIGHUP)
        assert run.end() == 3
    assert install.receipts[-2:] == ["started", "interrupted"]


@pytest.mark.long
def test_a_run_that_finishes_a_killed_one_says_what_nobody_looked_at(
    koor: Koor, sample: Path, server_factory: Callable[[str], Server]
) -> None:
    install = Install(koor, sample, server_factory("debian12"))
    with install.going() as run:
        run.until("Installing on")
        while not at_work(install.server):
            time.sleep(0.1)
        os.killpg(run.process.pid, signal.SIGKILL)
    install.server.run("sh", "-c", "echo theirs > /etc/cron.d/theirs")
    killed = plan_of(run.said)
    assert install.receipts[-1] == "started"
    taken = "import socket,time; one=socket.create_server(('0.0.0.0',80)); time.sleep(86400)"
    install.server.run("systemd-run", "--quiet", "--unit=taken", "python3", "-c", taken)
    left = "ls -d /run/koor-provision/apt-* /var/tmp/koor-provision-apt-* 2>/dev/null || true"
    assert killed in install.server.run("sh", "-c", left)
    install(code=3)
    install.server.run("systemctl", "stop", "taken.service")
    done = install()  # says it as well, since the one before came to no good end
    said = " ".join(done.stdout.split())
    assert f"run {killed} of " in said
    assert "installed and verified" in said
    assert f"when run {killed} began that was broken off" in said.partition("installed and verified")[2]
    assert install.receipts[-2:] == ["started", "partly audited"]
    evidence = sample / "cases" / "default-offer" / "evidence" / plan_of(done.stdout)
    page = (evidence / "report.html").read_text(encoding="utf-8")
    assert "An earlier run was broken off" in page
    assert killed in page
    assert "Nothing else on your server was changed" not in page
    assert "was there already" not in page
    assert "partly audited" in koor("verify", evidence).stdout
    assert install.server.run("sh", "-c", left) == ""
    assert "installed and verified" in install().stdout
    assert install.receipts[-2:] == ["started", "passed"], "once is enough"


def test_service_that_was_not_restarted_takes_its_configuration_in_with_the_next_run(install: Install) -> None:
    install()
    started = "systemctl show --property=ActiveEnterTimestampMonotonic --value mariadb"
    before = install.server.run("sh", "-c", started)
    install.server.run("touch", "/etc/mysql/mariadb.conf.d/90-koor.cnf")
    install()
    after = install.server.run("sh", "-c", started)
    assert after != before
    install()
    assert install.server.run("sh", "-c", started) == after, "once is enough"


@pytest.mark.long
@pytest.mark.parametrize("system", ["debian12", "debian13"])
def test_server_that_was_switched_off_is_finished(
    koor: Koor, sample: Path, server_factory: Callable[[str], Server], system: str
) -> None:
    install = Install(koor, sample, server_factory(system))
    with install.going() as run:
        run.until("Installing on")
        unpacked = "grep -c 'install ok unpacked' /var/lib/dpkg/status || true"
        while not int(install.server.run("sh", "-c", unpacked)):
            time.sleep(0.1)
        subprocess.run(["podman", "kill", install.server.name], check=True, capture_output=True)
        assert run.end() == 3
    subprocess.run(["podman", "start", install.server.name], check=True, capture_output=True)
    install.server.run("sh", "-c", "systemctl is-system-running --wait || true")
    done = install()
    assert "left half installed, and finished first" in " ".join(done.stdout.split())
    assert "installed and verified" in done.stdout


@pytest.mark.long
def test_server_without_room_is_finished_when_it_has_some(
    koor: Koor, sample: Path, server_factory: Callable[..., Server]
) -> None:
    server = server_factory("debian12", "--tmpfs", "/usr/lib/mysql:size=64k")
    install = Install(koor, sample, server)
    for again in (False, True):  # the second time nothing is unpacked any more
        told = install(code=3).stderr
        assert "No space left" in told
        assert "out of scope" not in told, again
        assert "not as planned: package" in told
    pid = subprocess.check_output(["podman", "inspect", "--format", "{{.State.Pid}}", server.name], text=True).strip()
    subprocess.run(["nsenter", "-t", pid, "-m", "mount", "-o", "remount,size=2g", "/usr/lib/mysql"], check=True)
    assert "installed and verified" in install().stdout


def test_no_room_here_for_the_evidence_is_told_before_anything_is_changed(
    koor: Koor, sample: Path, server_factory: Callable[..., Server]
) -> None:
    server = server_factory("debian12")
    install = Install(koor, sample, server)
    full = koor.home / "full"
    full.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full], check=True)
    try:
        (full / "filler").write_bytes(b"x" * 60_000)
        before = server.run("stat", "--format=%Z", "/var/lib/dpkg/status")
        said = koor(*install.arguments, "--evidence", full / "evidence", code=2).stderr
        assert "room" in said
        assert server.run("stat", "--format=%Z", "/var/lib/dpkg/status") == before
    finally:
        subprocess.run(["umount", full], check=True)
