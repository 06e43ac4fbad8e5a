"""The way to a host: a pinned key, our own configuration, and no name on a command line."""

import subprocess
from pathlib import Path

import pytest

from koor_provision.errors import InputError, RunError
from koor_provision.models.inventory import HostEntry
from koor_provision.models.order import Target
from koor_provision.preflight.reach import Reach, reach

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAqYuh9j37GTYDMCNaIZyejTtA+aqNTkMsNWrY15lneq"


def target(**more: str) -> Target:
    return Target.model_validate({"name": "web-1", "environment": "default-image", **more})


def entry(**variables: str) -> HostEntry:
    return HostEntry.model_validate({f"ansible_{name}": value for name, value in variables.items()})


def test_ssh_reads_our_configuration_only_and_pins_the_key(tmp_path: Path) -> None:
    way = reach(target(ssh_host_key=KEY), entry(host="192.0.2.7", port="2222", user="setup"), tmp_path)
    assert way.as_root == ["ssh", "-F", str(tmp_path / "ssh_config"), "target", "--"]
    shown = subprocess.check_output(["ssh", "-F", tmp_path / "ssh_config", "-G", "target"], text=True)
    options = dict(line.split(" ", 1) for line in shown.splitlines() if " " in line)
    assert (options["hostname"], options["port"], options["user"]) == ("192.0.2.7", "2222", "setup")
    assert options["stricthostkeychecking"] == "true"
    assert options["userknownhostsfile"] == str(tmp_path / "known_hosts")
    assert options["globalknownhostsfile"] == "/dev/null"
    assert options["forwardagent"] == "no"
    assert (tmp_path / "known_hosts").read_text() == f"target {KEY}\n"
    assert way.host_key
    assert way.host_key.startswith("SHA256:")


def test_ssh_without_a_pinned_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ssh_host_key"):
        reach(target(), entry(host="192.0.2.7"), tmp_path)


@pytest.mark.parametrize("connection", ["podman", "local"])
def test_host_with_a_signed_key_is_reached_by_ssh_only(tmp_path: Path, connection: str) -> None:
    with pytest.raises(InputError, match="the customer named this host"):
        reach(target(ssh_host_key=KEY), entry(connection=connection), tmp_path)


def test_sudo_stands_before_the_command(tmp_path: Path) -> None:
    way = reach(target(), entry(connection="podman", host="server", become="true"), tmp_path)
    assert way.as_root == ["podman", "exec", "--interactive", "server", "sudo", "-n"]


def test_local_python_answers(tmp_path: Path) -> None:
    assert reach(target(), entry(connection="local"), tmp_path).python("print(6 * 7)", timeout=20) == "42\n"


def test_failing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such thing"):
        reach(target(), entry(connection="local"), tmp_path).python("raise SystemExit('no such thing')", timeout=20)


def test_host_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no answer within 1 s"):
        reach(target(), entry(connection="local"), tmp_path).python("import time; time.sleep(30)", timeout=1)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Host key verification failed.", "host key is not the one that the customer signed"),
        ("ssh: connect to host 192.0.2.7 port 22: Connection refused", "cannot be reached by ssh"),
    ],
)
def test_troubles_of_ssh_are_told_apart(tmp_path: Path, said: str, expected: str) -> None:
    way = Reach("web-1", entry(), tmp_path / "ssh_config", None)
    assert expected in str(way.trouble(255, said))
