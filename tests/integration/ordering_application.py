"""The fixture application as its makers have it, and a case that orders it."""

import subprocess
from pathlib import Path

from tests.integration.conftest import ROOT, Koor
from tests.integration.test_other_components import order

PARTS = ("{component: php}", "{component: nginx, server_name: app.example}", "{component: mariadb}")


def _git(folder: Path, *command: str) -> str:
    """Git with nobody's configuration."""
    who = ("-c", "user.name=test", "-c", "user.email=test@app.example", "-c", "commit.gpgsign=false")
    return subprocess.check_output(["git", "-C", folder, *who, *command], text=True).strip()


def checked_out(koor: Koor) -> Path:
    """A Git checkout of the fixture application, committed."""
    folder = koor.home / "application"
    subprocess.run(["cp", "-r", ROOT / "tests" / "application", folder], check=True)
    _git(folder, "init", "--quiet")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "first")
    return folder


def application_case(koor: Koor, checkout: Path, sample: Path, entries: str = "") -> Path:
    """A case that orders what `pack` made of a checkout, with the checklist begun.

    Args:
        entries: further fields of the component, each with a comma before it.
    """
    packed = koor("pack", checkout, "-o", koor.home / "application.tar").stdout
    component = packed.splitlines()[-1].strip().removeprefix("- ").replace("VERSION", "2026.1")
    case = order(sample, *PARTS, f"{component.removesuffix('}')}{entries}}}")
    koor("case", "checklist", case)
    koor("sign", case / "checklist.yml", "--key", sample / "keys" / "engineer-senior")
    return case
