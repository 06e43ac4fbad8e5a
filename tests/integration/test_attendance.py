"""R7 on a real server: the customer's IT shows presence with the plan's code, in a file that is root's."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Koor, Server, inventory

PLACE = "/run/koor-provision-attendance"


@pytest.fixture(scope="module")
def server(server_factory: Callable[[str], Server]) -> Server:
    return server_factory("debian12")


@pytest.fixture(scope="module")
def install(koor: Koor, sample: Path, server: Server):
    case, keys = sample / "cases" / "default-offer", sample / "keys"
    targets = case / "targets.yml"
    targets.write_text(targets.read_text().replace("environment: default-image", "environment: custom-virtualised"))
    koor("sign", targets, "--key", keys / "customer-authorised")
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)

    def run(*more: str | Path, code: int = 0):
        return koor("install", case, "-i", reach, "--key", keys / "engineer-senior", "--yes", *more, code=code)

    return run


@pytest.fixture(scope="module")
def plan(install, koor: Koor) -> tuple[Path, str]:
    """A plan for the customer's IT to read, and the command that shows their presence."""
    file = koor.home / "plan.yml"
    shown = " ".join(install("--dry-run", "--plan", file).stdout.split())
    command = re.search(rf"echo '([0-9a-f-]{{24}}) customer-it' > {PLACE}", shown)
    assert command, shown
    return file, command[0]


def test_nobody_there(install, plan: tuple[Path, str], server: Server) -> None:
    refused = install("--plan", plan[0], code=1)
    assert "customer-it has neither signed the plan nor shown presence" in refused.stderr
    assert plan[1] in refused.stderr
    server.run("test", "!", "-e", "/etc/apache2")


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (f"chown nobody {PLACE}", "belongs to user 65534 and not to root"),
        (f"mv {PLACE} /root/there && ln -s /root/there {PLACE}", "is no plain file"),
    ],
)
def test_a_file_that_shows_nothing(install, plan: tuple[Path, str], server: Server, after: str, reason: str) -> None:
    server.run("sh", "-c", f"rm -f {PLACE}; umask 022; {plan[1]}; {after}")
    assert reason in install("--plan", plan[0], code=1).stderr


def test_presence_lets_the_plan_run_and_is_in_the_evidence(
    install, plan: tuple[Path, str], server: Server, koor: Koor
) -> None:
    server.run("sh", "-c", f"rm -f {PLACE}; umask 022; {plan[1]}")
    before = server.run("stat", "--format=%Y %Z %s", PLACE)

    done = install("--plan", plan[0], "--evidence", koor.home / "evidence")

    assert "installed and verified" in done.stdout
    assert "customer-it showed presence" in (koor.home / "evidence" / "report.html").read_text()
    assert "customer-it showed presence" in (koor.home / "evidence" / "decision.json").read_text()
    assert server.run("stat", "--format=%Y %Z %s", PLACE) == before
