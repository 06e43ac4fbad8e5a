"""Every role's Molecule scenario: check on a blank host, converge, idempotence, verify; on each of its systems.

`koor-provision roles test` runs them; here each is a test of its own: `-k "nginx and debian13"` chooses one.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from koor_provision.load.resources import collections
from koor_provision.models.trial import Outcome, Trial
from koor_provision.roletest import changes
from koor_provision.roletest.scenarios import scenarios
from koor_provision.roletest.session import Session, copies
from tests.integration.conftest import ROOT

SCENARIOS = scenarios(ROOT)
CASES = [(one.name, system) for one in SCENARIOS for system in one.systems]


def test_every_role_has_a_scenario() -> None:
    # What installs for all others, what takes each of them out at the end of its own scenario, and what keeps and takes
    # back what a run changes, which test_undo tries for real, need none.
    roles = {path.name for path in (ROOT / "roles").iterdir()} - {"packages", "removal", "keep", "undo"}
    assert roles | {"stack"} <= {one.name for one in SCENARIOS}


@pytest.fixture(scope="session")
def trials(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, str], Trial]]:
    """How all went that were asked for."""
    wanted = {
        (str(item.callspec.params["scenario"]), str(item.callspec.params["system"]))
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == "test_scenario"
    }
    systems = sorted({system for _, system in wanted})
    chosen = tuple(one for one in SCENARIOS if one.name in {name for name, _ in wanted})
    with copies(ROOT, ROOT, collections(), ["files", *systems]) as copied:
        session = Session(changes.Choice((), chosen, playbooks=False), copied, systems)
        session.jobs = [job for job in session.jobs if (job.subject, job.system) in wanted]
        found = session.run(os.cpu_count() or 2, tmp_path_factory.mktemp("logs"), lambda name, text: None)
        yield {(trial.subject, trial.system): trial for trial in found}


@pytest.mark.parametrize(("scenario", "system"), CASES)
def test_scenario(scenario: str, system: str, trials: dict[tuple[str, str], Trial]) -> None:
    trial = trials[scenario, system]
    assert trial.outcome is Outcome.PASSED, f"{Path(trial.log).name}\n{trial.tail}"
