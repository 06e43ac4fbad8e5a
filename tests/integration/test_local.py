"""On the server itself (`ansible_connection: local`), as with an image builder or a rescue console."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from koor_provision.models.software import System
from tests.integration.conftest import ROOT, Koor, Server, fingerprint

HOME = "/root"


@pytest.fixture
def server(server_factory: Callable[..., Server], koor: Koor) -> Server:
    """A server that sees this checkout, its environment, and the sample, each where they are here."""
    places = {ROOT, koor.home, Path(sys.base_prefix)} - {Path("/usr")}
    system: System = "debian12" if sys.version_info[:2] == (3, 11) else "debian13"
    server = server_factory(system, *(f"--volume={place}:{place}:ro" for place in sorted(places)))
    server.run("apt-get", "update", "-qq")
    server.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", "openssh-client")
    return server


def test_installs_where_it_runs(server: Server, koor: Koor, sample: Path) -> None:
    example = ROOT / "inventories" / "local.yml"
    command = [
        "env", f"HOME={HOME}", "PYTHONDONTWRITEBYTECODE=1",
        *koor.command("install", sample / "cases" / "default-offer"),
        "--inventory", str(example), "--key", f"{HOME}/key", "--yes", "--evidence", f"{HOME}/evidence",
    ]  # fmt: skip
    trust = koor.command("trust", sample / "company", "--fingerprint", fingerprint(sample / "keys" / "cto"))
    server.run("env", f"HOME={HOME}", "PYTHONDONTWRITEBYTECODE=1", *trust)
    server.run("sh", "-c", f"umask 077; cat > {HOME}/key", stdin=(sample / "keys" / "engineer-senior").read_text())
    done = subprocess.run(["podman", "exec", server.name, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "installed and verified" in done.stdout
    server.run("test", "-e", f"{HOME}/evidence/report.html")
    assert "koor-provision." not in server.run("ls", "/run", "/dev/shm")  # noqa: S108  # looked at, not written to
