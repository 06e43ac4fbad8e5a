"""From what is to be looked at to the programs that do it."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from koor_provision.models.trial import Kind
from koor_provision.roletest import programs, workspace
from koor_provision.roletest.changes import Choice
from koor_provision.roletest.scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Job:
    """One program to run.

    Attributes:
        servers: what it may leave running when it is stopped.
        costs: who has more of it begins first: what tells soon, then what takes long.
    """

    kind: Kind
    subject: str
    system: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    servers: tuple[str, ...] = ()
    costs: int = 0

    @property
    def title(self) -> str:
        """A name for people."""
        return f"{self.subject} on {self.system}" if self.system else str(self.kind)


def from_files(choice: Choice, work: Path, home: Path) -> list[Job]:
    """What judges roles by their files alone."""
    if not choice.roles and not choice.playbooks:
        return []
    shown = "everything" if choice.whole else ", ".join([*choice.roles, *["playbooks"] * choice.playbooks])
    chosen = [] if choice.playbooks else [part for name in choice.roles for part in ("--role", name)]
    places = [] if choice.whole else [f"roles/{name}" for name in choice.roles]
    places += ["playbooks"] * (choice.playbooks and not choice.whole)
    places += [f"molecule/{one.name}" for one in choice.scenarios if one.name in choice.roles and not choice.whole]
    places_of_ansible = {
        "ANSIBLE_COLLECTIONS_PATH": str(work / "src/koor_provision/collections"),
        "ANSIBLE_ROLES_PATH": str(work / "roles"),
    }
    environment = {**programs.environment(home / "lint"), **places_of_ansible}
    lint = ("-c", ".ansible-lint", "--project-dir", ".", "--offline", "-q", *places)
    arguments: tuple[str, ...] = (sys.executable, "-m", "koor_provision.roletest.arguments")
    arguments += tuple(str(work / "roles" / name) for name in choice.roles)
    return [
        Job(Kind.SCOPE, shown, "", tuple(programs.ourselves("roles", "lint", str(work), *chosen)), work, environment),
        Job(Kind.LINT, shown, "", (programs.find("ansible-lint"), *lint), work, environment, costs=101),
        *([Job(Kind.ARGUMENTS, shown, "", arguments, work, environment)] if choice.roles else []),
    ]


def on_a_server(  # what one program needs
    scenario: Scenario, system: str, work: Path, home: Path, token: str, podman: Mapping[str, str]
) -> Job:
    """One scenario on one system; the copy's scenario is changed to have only that."""
    servers = workspace.only_on(work, scenario.name, system, token)
    own = home / f"{scenario.name}-{system}"
    own.mkdir(parents=True, exist_ok=True)
    command = (programs.find("molecule"), "--base-config", str(work / ".config/molecule/config.yml"),
               "test", "--scenario-name", scenario.name)  # fmt: skip
    return Job(
        Kind.MOLECULE, scenario.name, system, command, work, {**programs.environment(own), **podman}, servers,
        costs=len(scenario.roles),
    )  # fmt: skip


def systems_of(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """All systems that scenarios have servers for."""
    return tuple(sorted({system for one in scenarios for system in one.systems}))
