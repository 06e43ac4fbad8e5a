"""The way to one host: as root, with a pinned host key, for our own read-only programs, testinfra and Ansible alike."""

import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from koor_provision.errors import InputError, RunError
from koor_provision.models.base import Fingerprint
from koor_provision.models.inventory import HostEntry
from koor_provision.models.order import Target
from koor_provision.models.text import shown
from koor_provision.preflight import bounded
from koor_provision.trust.keys import fingerprint

ALIAS = "target"
"""What ssh and Ansible call every host: command lines are open to everybody on this machine, names are not (R11)."""
PASSED_ON = ("SSH_AUTH_SOCK", "CONTAINERS_CONF", "XDG_RUNTIME_DIR")
"""What of the engineer's environment reaching a host needs: the agent's socket, and how podman works here."""
_SSH_TROUBLE = 255


@dataclass(frozen=True)
class Reach:
    """How to reach one host.

    Attributes:
        name: as targets, inventory and plan call it.
        ssh_config: our own configuration file, in the private directory; the user's and the system's are not read.
        host_key: fingerprint of the pinned host key; None without ssh.
    """

    name: str
    entry: HostEntry
    ssh_config: Path
    host_key: Fingerprint | None

    @property
    def address(self) -> str:
        """Host name, address or container name."""
        return self.entry.ansible_host or self.name

    @property
    def is_local(self) -> bool:
        """Whether it is the very machine that we work on."""
        return self.entry.ansible_connection == "local"

    @property
    def how(self) -> str:
        """The way in words, for whoever signs the plan."""
        ways = {
            "ssh": f"by ssh at {self.address}",
            "podman": f"as container {self.address}",
            "local": "on this machine",
        }
        return ways[self.entry.ansible_connection]

    @property
    def become(self) -> bool:
        """Whether we log in as somebody else and use sudo (without a password: none is ever asked for or kept)."""
        return self.entry.ansible_become and (self.entry.ansible_connection != "local" or os.geteuid() != 0)

    @property
    def as_root(self) -> list[str]:
        """The arguments that stand before a command to have it run there as root."""
        how = {
            "podman": ["podman", "exec", "--interactive", self.address],
            "ssh": ["ssh", "-F", str(self.ssh_config), ALIAS, "--"],
            "local": [],
        }
        return [*how[self.entry.ansible_connection], *(["sudo", "-n"] if self.become else [])]

    def command(self, *words: str) -> list[str]:
        """The command line, for here, that has a command run there as root; what ssh passes on is read by a shell."""
        quoted = [shlex.quote(word) for word in words] if self.entry.ansible_connection == "ssh" else list(words)
        return [*self.as_root, *quoted]

    def python(self, program: str, *, timeout: int) -> str:
        """Run a Python program on the host as root; returns what it prints.

        Raises:
            RunError: the host cannot be reached, or the program failed.
        """
        command = [*self.as_root, "python3", "-"]
        try:
            answer = bounded.run(command, program.encode(), timeout)
        except FileNotFoundError as error:
            raise InputError(
                f"{command[0]} is not installed here",
                where=self.name,
                hint=f"install {command[0]}, or reach the host in another way",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise RunError(
                f"gave no answer within {timeout} s",
                where=self.name,
                hint="check that the host is up, then run the same command again",
            ) from error
        except bounded.TooLongError as error:
            raise RunError(
                "answered with far more than was asked for",
                where=self.name,
                hint="look at the host by hand: is its python3 its own?",
            ) from error
        if answer.code != 0:
            raise self.trouble(answer.code, answer.err.decode(errors="replace").strip())
        return answer.out.decode(errors="replace")

    def trouble(self, code: int, said: str) -> RunError:
        """What a command that failed there tells the engineer, by its exit code and what it said."""
        last = shown(said.splitlines()[-1][:300]) if said else f"exit code {code}"
        how = self.entry.ansible_connection
        if how == "ssh" and code == _SSH_TROUBLE:
            if "host key" in said.lower():
                return RunError(
                    "its host key is not the one that the customer signed",
                    where=self.name,
                    hint="do not go on: compare the key with the customer (ssh-keyscan HOST); if it did change, "
                    "have targets.yml signed with the new one",
                )
            return RunError(
                f"cannot be reached by ssh: {last}",
                where=self.name,
                hint="check address, port, user and key in the inventory, and that the host is up",
            )
        if how == "podman" and "no such container" in said.lower():
            return RunError(
                f"there is no container '{self.address}'",
                where=self.name,
                hint="check ansible_host in the inventory: podman ps",
            )
        if "sudo" in last:
            return RunError(
                f"cannot become root: {last}",
                where=self.name,
                hint="the customer gives the login sudo without a password for the time of the installation",
            )
        return RunError(
            f"our look at the host failed: {last}", where=self.name, hint="python3 and apt must work there for root"
        )


def reach(target: Target, entry: HostEntry, private: Path) -> Reach:
    """Work out the way to a target.

    Raises:
        InputError: a host that is reached by ssh has no pinned host key.
    """
    config = private / "ssh_config"
    if entry.ansible_connection != "ssh":
        if target.ssh_host_key is not None:
            raise InputError(
                f"the customer named this host's ssh key, and the inventory goes there by {entry.ansible_connection}",
                where=f"targets.yml, hosts, {target.name}",
                hint="reach it by ssh, so that it is shown to be the customer's server and no other machine",
            )
        return Reach(target.name, entry, config, None)
    if target.ssh_host_key is None:
        raise InputError(
            "no ssh_host_key for this host, so nobody could tell it from an impostor",
            where=f"targets.yml, hosts, {target.name}",
            hint="take the line from `ssh-keyscan -t ed25519 HOST`, compare it with the customer, enter type and key, "
            "and have the customer sign",
        )
    known_hosts = private / "known_hosts"
    known_hosts.write_text(f"{ALIAS} {target.ssh_host_key}\n", encoding="ascii")
    config.write_text(_ssh_config(target.name, entry, known_hosts), encoding="ascii")
    return Reach(target.name, entry, config, fingerprint(target.ssh_host_key))


def _ssh_config(name: str, entry: HostEntry, known_hosts: Path) -> str:
    lines = [
        f"Host {ALIAS}",
        f"  HostName {entry.ansible_host or name}",
        f"  HostKeyAlias {ALIAS}",
        f"  Port {entry.ansible_port}",
        f"  User {entry.ansible_user}",
        f"  UserKnownHostsFile {known_hosts}",
        "  GlobalKnownHostsFile /dev/null",
        "  StrictHostKeyChecking yes",
        "  UpdateHostKeys no",
        "  BatchMode yes",
        "  ForwardAgent no",
        "  ForwardX11 no",
        "  PermitLocalCommand no",
        "  ConnectTimeout 15",
        "  ServerAliveInterval 15",
        "  ServerAliveCountMax 4",
        "  ControlMaster auto",
        f"  ControlPath {known_hosts.parent}/ssh-%C",
        "  ControlPersist 60",
    ]
    if entry.ansible_ssh_private_key_file:
        key = _key_file(entry.ansible_ssh_private_key_file)
        lines += [f"  IdentityFile {key}", "  IdentitiesOnly yes"]
    return "\n".join(lines) + "\n"


def _key_file(name: str) -> Path:
    try:
        return Path(name).expanduser().absolute()
    except RuntimeError as error:
        raise InputError(
            "names the home of an unknown user", where=name, hint="write the whole path of the key"
        ) from error
