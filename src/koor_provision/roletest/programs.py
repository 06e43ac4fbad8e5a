"""The programs that test: Molecule and ansible-lint, which come with the extra `test`, and the one for servers."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from koor_provision.errors import InputError, RunError

_BESIDE = Path(sys.executable).parent


def find(name: str) -> str:
    """A program of this environment.

    Raises:
        InputError: it is not installed.
    """
    found = _BESIDE / name
    if found.is_file():
        return str(found)
    raise InputError(f"{name} is not installed", hint="install it with: pip install 'koor-provision[test]'")


def environment(home: Path) -> dict[str, str]:
    """What every program gets: this environment first in PATH, and a home of its own for what Ansible keeps."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "MOLECULE_"))}
    return {
        **kept,
        "PATH": f"{_BESIDE}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "ANSIBLE_HOME": str(home),
        "NO_COLOR": "1",
        "PY_COLORS": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def ourselves(*arguments: str) -> list[str]:
    """Koor-provision's own command line."""
    start = "import sys; from koor_provision.cli.main import run; run()"
    return [sys.executable, "-c", start, *arguments]


class Servers:
    """The script that makes test servers, in one copy of the roles."""

    def __init__(self, work: Path) -> None:
        self._script = work / "script" / "testhost"
        self._environment = dict(os.environ)

    def use(self, podman: Mapping[str, str]) -> None:
        """Take what `prepare` found out for every further command."""
        self._environment |= podman

    def prepare(self) -> dict[str, str]:
        """See that servers can be started at all; returns the environment that makes podman work here.

        Raises:
            RunError: they cannot.
        """
        name, _, value = self._run("env").partition("=")
        return {name: value}

    def image(self, system: str) -> str:
        """Make a system's base image unless it is there; returns its name.

        Raises:
            RunError: it cannot be made.
        """
        return self._run("image", system).splitlines()[-1]

    def digest(self, image: str) -> str:
        """SHA-256 of an image.

        Raises:
            RunError: podman does not know it.
        """
        asked = ["podman", "image", "inspect", "--format", "{{.Id}}", image]
        done = subprocess.run(asked, capture_output=True, text=True, check=False, env=self._environment)
        if done.returncode != 0:
            self._fail(done.stderr)
        return done.stdout.strip()

    def up(self, name: str, system: str) -> None:
        """Start a fresh server.

        Raises:
            RunError: it does not come up.
        """
        self._run("up", name, system)

    def ask(self, name: str, command: str) -> str:
        """Run a command of the shell in a server.

        Raises:
            RunError: it fails.
        """
        asked = ["podman", "exec", name, "sh", "-euc", command]
        done = subprocess.run(asked, capture_output=True, text=True, check=False, env=self._environment)
        if done.returncode != 0:
            self._fail(done.stderr)
        return done.stdout

    def down(self, *names: str) -> None:
        """Remove servers, which need not be there."""
        if names:
            subprocess.run([str(self._script), "down", *names], capture_output=True, check=False, env=self._environment)

    def _run(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                [str(self._script), *arguments], capture_output=True, text=True, check=False, env=self._environment
            )
        except FileNotFoundError as error:
            raise InputError("is missing", where=str(self._script), hint="reinstall koor-provision") from error
        if done.returncode != 0:
            self._fail(done.stderr)
        return done.stdout.strip()

    @staticmethod
    def _fail(said: str) -> NoReturn:
        lines = [line for line in said.strip().splitlines() if line]
        raise RunError(
            f"no test server can be started: {lines[-1] if lines else 'script/testhost failed'}",
            hint="test servers are podman containers on Debian, started as root; see docs/how-to/test-roles.md",
        )
