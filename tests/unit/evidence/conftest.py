from pathlib import Path

import pytest
from tests.bundles import Run
from tests.world import World


@pytest.fixture
def run(world: World) -> Run:
    return Run(world)


@pytest.fixture
def bundle(run: Run, tmp_path: Path) -> Path:
    return run.write(tmp_path / "evidence")
