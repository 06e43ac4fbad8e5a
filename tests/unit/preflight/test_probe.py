"""What the probe reads from the words of apt and dpkg."""

import subprocess

import pytest

from koor_provision.preflight import probe

WANTED, GOING = {"debian12": ["php-cli"]}, {"debian12": ["redis-server", "redis-tools"]}


class Target:
    """A server that says what a test wants; the last of several answers goes for all that follow."""

    def __init__(self, states: str, *simulations: str) -> None:
        self.states, self.simulations = states, list(simulations)
        self.asked: list[list[str]] = []

    def run(self, command: list[str], apt_config: str = "") -> "subprocess.CompletedProcess[str]":
        self.asked.append(command)
        if "Architecture" in " ".join(command):
            said = "".join(f"{package} amd64\n" for package in command[3:])
        else:
            said = self.states if command[0] == "dpkg-query" else self.simulations.pop(0)
        return subprocess.CompletedProcess(command, 0, said, "")


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch):
    def make(states: str, *simulations: str) -> Target:
        server = Target(states, *simulations)
        monkeypatch.setattr(probe, "run", server.run)
        monkeypatch.setattr(probe, "unfinished", lambda: "")
        monkeypatch.setattr(probe, "server", lambda: {"system": "debian12", "root": True})
        return server

    return make


def test_only_what_becomes_useless_by_it_is_an_orphan(target) -> None:
    alone = "Remv redis-server [7.0]\nRemv redis-tools [7.0]\nRemv customers-shop [1]\n"
    useless = "Remv useless-before [3]\n"
    server = target(
        "redis-server 7.0 installed\nredis-tools 7.0 installed\n",
        alone,
        useless,
        f"{alone}Remv liblzf1 [3.6]\n{useless}",
    )
    facts = probe.look_at_leaving(WANTED, GOING, [], "remove")
    assert facts["removals"] == ["customers-shop", "redis-server", "redis-tools"]
    assert facts["orphans"] == ["liblzf1"]
    assert facts["installed"]["liblzf1"] == "3.6"
    simulations = [command for command in server.asked if command[0] == "apt-get"]
    assert all("--simulate" in command for command in simulations)
    assert all("APT::Get::Purge=false" in command for command in simulations)


def test_purge_takes_what_an_earlier_removal_left(target) -> None:
    left = "redis-server 7.0 config-files\nredis-tools  not-installed\n"
    target(left, "Purg redis-server\n", "", "Purg redis-server\n")
    facts = probe.look_at_leaving(WANTED, GOING, [], "purge")
    assert (facts["removals"], facts["orphans"]) == (["redis-server"], [])
    assert facts["installed"]["redis-server"] == "7.0"


def test_nothing_there_asks_apt_nothing(target) -> None:
    server = target("redis-server 7.0 config-files\n")
    facts = probe.look_at_leaving(WANTED, GOING, [], "remove")
    assert "removals" not in facts
    assert {command[0] for command in server.asked} == {"dpkg-query"}


def test_what_apt_would_bring_in_is_told(target) -> None:
    target(
        "redis-server 7.0 installed\n",
        "Inst valkey (8.1 Debian:13 [amd64])\nRemv redis-server [7.0]\n",
        "",
        "Remv redis-server [7.0]\n",
    )
    facts = probe.look_at_leaving(WANTED, GOING, [], "remove")
    valkey = {"name": "valkey", "version": "8.1", "old_version": None, "architecture": "amd64"}
    assert facts["changes"] == [valkey]
    assert facts["architectures"] == {"redis-server": "amd64"}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Inst php-common (2:93 Debian:12.11/stable [all])", ("php-common", "2:93", None, "all")),
        (
            "Inst libc6:i386 [2.36-9] (2.36-10 Debian:12/stable, Security:12 [i386]) []",
            ("libc6", "2.36-10", "2.36-9", "i386"),
        ),
        ("Inst odd (1 from nowhere)", ("odd", "1", None, None)),
    ],
)
def test_what_apt_says_of_a_package_is_read(line: str, found: tuple[str, str, str | None, str | None]) -> None:
    (change,), _ = probe.planned_changes(line + "\nConf odd (1 from nowhere)\n")
    assert change == dict(zip(("name", "version", "old_version", "architecture"), found, strict=True))


def test_nothing_that_is_there_asks_nothing(target) -> None:
    server = target("")
    assert probe.architectures([]) == {}
    assert server.asked == []


def test_paths_are_named_as_the_contract_writes_them(target, tmp_path) -> None:
    (tmp_path / "8.2").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    target("")
    paths = [f"{tmp_path}/*/", f"{tmp_path}/dangling", f"{tmp_path}/none"]
    assert probe.look_at_leaving(WANTED, GOING, paths, "remove")["present"] == paths[:2]


def test_another_system_is_not_looked_at(target) -> None:
    server = target("")
    assert probe.look_at_leaving({"debian13": []}, GOING, [], "remove") == {"system": "debian12", "root": True}
    assert server.asked == []
