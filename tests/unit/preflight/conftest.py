"""A server that answers as a test wants."""

import subprocess

import pytest

from koor_provision.preflight import probe


class Target:
    """A server that says what a test wants; the last of several answers goes for all that follow."""

    def __init__(self, states: str, *simulations: str) -> None:
        self.states, self.simulations = states, list(simulations)
        self.asked: list[list[str]] = []
        self.torn = ""

    def run(self, command: list[str], apt_config: str = "") -> "subprocess.CompletedProcess[str]":
        self.asked.append(command)
        if command[2:] == ["--showformat=${Package} ${db:Status-Status}\\n"]:
            said = self.torn
        elif "Architecture" in " ".join(command):
            said = "".join(f"{package} amd64\n" for package in command[3:])
        else:
            said = self.states if command[0] == "dpkg-query" else self.simulations.pop(0)
        return subprocess.CompletedProcess(command, 0, said, "")


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch):
    def make(states: str, *simulations: str) -> Target:
        server = Target(states, *simulations)
        monkeypatch.setattr(probe, "run", server.run)
        monkeypatch.setattr(probe, "at_work", lambda: False)
        monkeypatch.setattr(probe, "private_lists", lambda token: (f"/lists-{token}", ""))
        monkeypatch.setattr(probe, "server", lambda: {"system": "debian12", "root": True})
        return server

    return make
