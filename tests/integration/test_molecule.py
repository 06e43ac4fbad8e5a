"""Every role's Molecule scenario: check on a blank host, converge, idempotence, verify; on Debian 12 and 13.

The scenarios have servers of their own and run side by side: where one waits for its network or its Ansible, another
has the processor.
"""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT

SCENARIOS = sorted(path.parent.name for path in (ROOT / "molecule").glob("*/molecule.yml"))
SHOWN_LINES = 60


def test_every_role_has_a_scenario() -> None:
    # What installs for all others, and what takes each of them out at the end of its own scenario, need none.
    roles = {path.name for path in (ROOT / "roles").iterdir()} - {"packages", "removal"}
    assert roles | {"stack"} <= set(SCENARIOS)


def molecule(scenario: str, folder: Path) -> str:
    """Run a scenario; returns the end of its log if it fails, and nothing if it passes."""
    environment = {**os.environ, "ANSIBLE_HOME": str(folder), "NO_COLOR": "1", "PY_COLORS": "0"}
    log = folder / "log"
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            ["molecule", "test", "--scenario-name", scenario],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            check=False,
        )
    return "" if done.returncode == 0 else "\n".join(log.read_text(encoding="utf-8").splitlines()[-SHOWN_LINES:])


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[str]]]:
    """All scenarios that were asked for, at work."""
    wanted = [
        str(item.callspec.params["scenario"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == "test_scenario"
    ]
    wanted.sort(key=lambda name: name != "stack")  # takes longest, so it begins first
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {scenario: pool.submit(molecule, scenario, tmp_path_factory.mktemp(scenario)) for scenario in wanted}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: str, runs: dict[str, Future[str]]) -> None:
    failure = runs[scenario].result()
    assert not failure, failure
