"""A wheel works outside the checkout: roles, playbooks and defaults travel with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.integration.conftest import ROOT, Koor, fingerprint, inventory

STATE = Path.home() / ".cache" / "koor-provision-dev"


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


SUDO = '#!/bin/sh\n[ "$1" = --preserve-env ] && shift\nexec "$@"\n'


@pytest.fixture(scope="module")
def repository(installed_wheel: Koor) -> Path:
    """A company's own repository, with the pipeline that the wheel writes."""
    installed_wheel("sample", installed_wheel.home / "written")
    # What was written as a sample is trusted as such, and where it was written only.
    folder = (installed_wheel.home / "written").rename(installed_wheel.home / "repository")
    (wheel,) = (installed_wheel.home / "wheels").glob("koor_provision-*.whl")
    installed_wheel("ci", "init", "github", folder, "--requirement", f"{wheel}[test]")
    return folder


@pytest.fixture(scope="module")
def step(installed_wheel: Koor, repository: Path):
    """A function that runs a step of a job as GitHub's runner does; each finds what the ones before it left."""
    temporary = installed_wheel.home / "runner"
    shims = temporary / "shims"
    shims.mkdir(parents=True)
    (shims / "sudo").write_text(SUDO, encoding="utf-8")
    (shims / "sudo").chmod(0o755)
    # The locked versions, without their hashes, which the wheel itself has none of.
    locked = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")
    pins = [line.rstrip(" \\") for line in locked.splitlines() if "==" in line and not line.startswith(" ")]
    (temporary / "constraints").write_text("\n".join(pins) + "\n", encoding="utf-8")
    jobs = yaml.safe_load((repository / ".github/workflows/koor-provision.yml").read_text(encoding="utf-8"))
    path = temporary / "path"
    path.touch()

    def run(job: str, name: str, *narrowed: tuple[str, str], code: int = 0) -> str:
        script = next(one["run"] for one in jobs["jobs"][job]["steps"] if one.get("name") == name)
        for old, new in narrowed:
            assert old in script
            script = script.replace(old, new)
        found = ":".join([*reversed(path.read_text(encoding="utf-8").split()), str(shims), os.environ["PATH"]])
        kept = {name: os.environ[name] for name in ("CONTAINERS_CONF",) if name in os.environ}
        environment = {
            **kept, **{name: str(value) for name, value in jobs["env"].items()}, "PATH": found, "LANG": "C.UTF-8",
            "HOME": str(installed_wheel.home), "RUNNER_TEMP": str(temporary), "GITHUB_PATH": str(path),
            "PIP_CONSTRAINT": str(temporary / "constraints"), "KOOR_DEV_STATE": str(STATE),
            "FINGERPRINT": fingerprint(repository / "keys" / "cto"),
        }  # fmt: skip
        done = subprocess.run(
            ["bash", "-e", "-c", script], cwd=repository, env=environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == code, done.stdout
        return done.stdout

    run("documents", "Install koor-provision")
    return run


def test_the_pipeline_proves_documents_and_judges_cases(step, repository: Path) -> None:
    assert "signed by cto" in step("documents", "Trust the company's documents")
    step("documents", "Judge every case", code=1)  # one of the sample's is refused

    assert 'failures="' in (repository / "cases.xml").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_pipeline_tests_roles_without_a_checkout(step, repository: Path) -> None:
    assert "stay inside their contracts" in step("roles", "Look at what changed")
    step("roles", "Test everything", ("roles test", "roles test --role memcached --system debian13"))

    assert '<testcase name="debian13" classname="molecule.memcached"' in (repository / "roles.xml").read_text("utf-8")
    assert not (repository / "roles-test-logs").exists()
