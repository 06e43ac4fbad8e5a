"""Every role's Molecule scenario: check on a blank host, converge, idempotence, verify; on Debian 12 and 13."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT

SCENARIOS = sorted(path.parent.name for path in (ROOT / "molecule").glob("*/molecule.yml"))


def test_every_role_has_a_scenario() -> None:
    roles = {path.name for path in (ROOT / "roles").iterdir()} - {"packages"}  # the one that installs for all others
    assert roles | {"stack"} <= set(SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: str, tmp_path: Path) -> None:
    environment = {**os.environ, "ANSIBLE_HOME": str(tmp_path), "NO_COLOR": "1", "PY_COLORS": "0"}
    log = tmp_path / "log"
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            ["molecule", "test", "--scenario-name", scenario],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            check=False,
        )
    assert done.returncode == 0, "\n".join(log.read_text(encoding="utf-8").splitlines()[-60:])
