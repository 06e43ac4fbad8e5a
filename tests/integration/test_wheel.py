"""A wheel works outside the checkout: roles, playbooks and defaults travel with it."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT, Koor, inventory


@pytest.fixture(scope="module")
def installed_wheel(koor: Koor) -> Koor:
    """The wheel in an environment of its own, which has the locked dependencies but not this checkout."""
    wheels, environment = koor.home / "wheels", koor.home / "venv"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT], check=True
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (wheel,) = wheels.glob("koor_provision-*.whl")
    subprocess.run(
        [*pip, "--python", environment / "bin" / "python", "install", "--quiet", "--no-deps", wheel], check=True
    )
    purelib = sysconfig.get_path("purelib")
    target = environment / Path(purelib).relative_to(sys.prefix) / "dependencies.pth"
    target.write_text(purelib + "\n", encoding="utf-8")  # a plain path: the checkout's own .pth file there is not read
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
    installed_wheel("check", sample / "cases" / "never-ordered", code=1)
    server = server_factory("debian12")
    reach = inventory(installed_wheel.home, ansible_connection="podman", ansible_host=server.name)
    key = sample / "keys" / "engineer-senior"
    done = installed_wheel("install", sample / "cases" / "default-offer", "-i", reach, "--key", key, "--yes")
    assert "installed and verified" in done.stdout
