"""A wheel works outside the checkout: roles, playbooks and defaults travel with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT, Koor, inventory


@pytest.fixture(scope="module")
def installed_wheel(koor: Koor) -> Koor:
    """The wheel in an environment of its own, with the locked dependencies."""
    wheels, environment = koor.home / "wheels", koor.home / "venv"
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    build: list[str | Path] = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT]
    subprocess.run([*pip, *build], check=True)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    install: list[str | Path] = [environment / "bin" / "pip", "--disable-pip-version-check", "install", "-qq"]
    locked: list[str | Path] = ["--require-hashes", "--only-binary", ":all:"]
    subprocess.run([*install, *locked, "--requirement", ROOT / "requirements" / "build.lock"], check=True)
    source: list[str | Path] = ["--no-binary", "dkimpy", "--no-build-isolation"]  # published as source only
    subprocess.run([*install, *locked, *source, "--requirement", ROOT / "requirements" / "runtime.lock"], check=True)
    (wheel,) = wheels.glob("koor_provision-*.whl")
    subprocess.run([*install, "--no-deps", wheel], check=True)
    return Koor(koor.home, environment / "bin" / "koor-provision")


def test_wheel_is_what_runs(installed_wheel: Koor) -> None:
    python = installed_wheel.executable.with_name("python")
    place = subprocess.check_output(
        [python, "-c", "import koor_provision; print(koor_provision.__file__)"], text=True, cwd="/"
    )
    assert str(installed_wheel.home) in place


def test_wheel_admits_refuses_and_installs(installed_wheel: Koor, server_factory) -> None:
    sample = installed_wheel.home / "from-wheel"
    installed_wheel("sample", sample)
    installed_wheel("check", sample / "cases" / "default-offer")
    assert installed_wheel("explain", "R5").stdout.startswith("R5: ")
    installed_wheel("check", sample / "cases" / "never-ordered", code=1)
    server = server_factory("debian12")
    reach = inventory(installed_wheel.home, ansible_connection="podman", ansible_host=server.name)
    key = sample / "keys" / "engineer-senior"
    done = installed_wheel("install", sample / "cases" / "default-offer", "-i", reach, "--key", key, "--yes")
    assert "installed and verified" in done.stdout
