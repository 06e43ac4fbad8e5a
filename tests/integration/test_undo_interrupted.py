"""A run that failed, was killed, or that somebody worked on since: undone all the same, or refused."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.comparing import differences, look, plan_of
from tests.integration.conftest import Koor, Server, inventory
from tests.integration.orders import Order
from tests.integration.undoing import case, customers_nginx, desk, order, reach, run

__all__ = ["case", "desk", "order", "reach", "run"]  # fixtures


@pytest.fixture(scope="module")
def server(server_factory: Callable[[str], Server]) -> Server:
    return server_factory("debian12")


@pytest.fixture(scope="module")
def shop(server: Server, order: Order) -> dict[str, object]:
    """How the server is before each run: each test leaves it as it was."""
    order("php", "nginx", "sqlite", "memcached")
    return customers_nginx(server)


def test_work_of_others_since_the_run_is_in_the_way(shop, run, case: Path, server: Server) -> None:
    said = run("install", case)
    theirs = "for file in /etc/php/*/fpm/pool.d/koor.conf; do echo '; theirs' >> $file; done"
    server.run("sh", "-c", f"echo theirs > /var/www/koor/theirs.html; {theirs}")
    refused = run("undo", plan_of(said.stdout), "--case", case, code=1).stderr
    assert "/var/www/koor/" in refused
    assert re.search(r"somebody made or changed /etc/php/8\.\d/fpm/pool\.d/koor\.conf since the run", refused)
    run("undo", plan_of(said.stdout), "--case", case, "--discard-data")
    assert differences(shop, look(server)) == {}


def test_a_run_that_failed_half_way_is_undone(shop, run, case: Path, server: Server) -> None:
    taken = "import socket,time; one=socket.create_server(('127.0.0.1',11211)); time.sleep(86400)"
    server.run("systemd-run", "--quiet", "--unit=taken", "python3", "-c", taken)
    said = run("install", case, code=3)
    server.run("systemctl", "stop", "taken.service")
    run("undo", plan_of(said.stdout), "--case", case, "--discard-data")
    assert differences(shop, look(server)) == {}


def test_a_run_that_was_killed_is_undone_without_its_evidence(
    shop, run, koor: Koor, desk: Path, case: Path, server: Server
) -> None:
    key = desk / "keys" / "engineer-senior"
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    with subprocess.Popen(
        koor.command("install", case, "--inventory", reach, "--key", key, "--yes"),
        env=koor.clean_environment, cwd=koor.home, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr
        assert process.stdout
        for line in process.stderr:
            if "packages: Install the packages" in line:
                break
        os.killpg(process.pid, signal.SIGKILL)
        run_id = plan_of(process.stdout.read())
    assert not (case / "evidence" / run_id).exists()
    said = run("undo", run_id, "--case", case, "--discard-data")
    assert "torn away" in " ".join(said.stdout.split())
    left = differences(shop, look(server))
    assert left == {}


def test_what_stays_of_a_run_is_said_with_the_reason_and_choices_come_back(
    shop, run, koor: Koor, desk: Path, case: Path, server: Server
) -> None:
    key = desk / "keys" / "engineer-senior"
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    with subprocess.Popen(
        koor.command("install", case, "--inventory", reach, "--key", key, "--yes"),
        env=koor.clean_environment, cwd=koor.home, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr
        assert process.stdout
        for line in process.stderr:
            if "packages: Install the packages" in line:
                break
        server.run("sh", "-c", DISTURBED)
        run_id = plan_of(process.stdout.read())
    assert process.returncode == 4
    told = " ".join(run("undo", run_id, "--case", case, "--discard-data").stdout.split())
    plan, _, end = told.partition("undone and verified")
    assert "chooses what was chosen before for awk" in plan
    assert "outside of the order: file added: /usr/sbin/left" in plan
    assert "note: the account left stays: it owns /srv/left" in end
    assert server.run("readlink", "/etc/alternatives/awk").strip() == "/usr/bin/mawk"
    server.run("sh", "-c", "userdel left; rm -r /srv/left /usr/sbin/left")
    assert differences(shop, look(server)) == {}


DISTURBED = """\
set -e
ln -sfn /usr/bin/$(ls /usr/bin | grep -x 'php[0-9.]*' | tail -1) /etc/alternatives/awk
echo left > /usr/sbin/left
useradd --system left
mkdir /srv/left
chown left /srv/left
"""


def test_another_order_entitles_to_nothing(shop, run, case: Path, order: Order, server: Server) -> None:
    said = run("install", case)
    order("php", "nginx", "sqlite", "redis")
    refused = run("undo", plan_of(said.stdout), "--case", case, code=1).stderr
    assert "the order changed since run" in refused
    order("php", "nginx", "sqlite", "memcached")
    shutil.rmtree(case / "evidence" / plan_of(said.stdout))  # not needed: the server kept the signed plan
    run("undo", plan_of(said.stdout), "--case", case, "--discard-data")


def test_a_plan_that_somebody_changed_on_the_server_counts_for_nothing(shop, run, case: Path, server: Server) -> None:
    said = run("install", case)
    plan = plan_of(said.stdout)
    kept = f"/var/lib/koor-provision/undo/{plan}/plan.yml"
    server.run("sed", "-i.bak", "s/name: memcached/name: sudo/", kept)
    refused = run("undo", plan, "--case", case, code=1).stderr
    assert "is not proven to be the one that was signed" in refused
    server.run("mv", f"{kept}.bak", kept)
    run("undo", plan, "--case", case, "--discard-data")
