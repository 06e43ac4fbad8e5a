"""Killed at any moment, `install` run again ends in the same state as one that nothing disturbed.

`KOOR_TEST_KILLS` says how often (10 if it says nothing), `KOOR_TEST_SEED` when; each server is killed five times on its
way, and then let be.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Koor, Server, left_behind, private_directories
from tests.integration.state import differences, state
from tests.integration.test_interruption import Install

KILLS = int(os.environ.get("KOOR_TEST_KILLS", "10"))
SEED = int(os.environ.get("KOOR_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
EACH = 5


@pytest.fixture(scope="module")
def undisturbed(koor: Koor, sample: Path, server_factory: Callable[[str], Server]) -> tuple[dict[str, Any], float]:
    """How a server is after one run, and how long that took."""
    install = Install(koor, sample, server_factory("debian12"))
    started = time.time()
    install()
    return state(install.server), time.time() - started


def places(koor: Koor) -> set[Path]:
    """What lies where a run might leave something on this machine; evidence and logs are there to stay."""
    tops = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path("/run"), koor.home)  # noqa: S108  # only looked at
    held = {*private_directories()} - {*left_behind()}  # of others, who are at work
    ours = ("koor-provision.", "ansible", "mitogen")
    return {path for top in tops for path in top.glob("*") if any(word in path.name for word in ours)} - held


@pytest.mark.parametrize("number", range(-(-KILLS // EACH)))
def test_killed_at_random_moments_it_ends_as_if_nothing_had_been(
    undisturbed: tuple[dict[str, Any], float],
    koor: Koor,
    sample: Path,
    server_factory: Callable[[str], Server],
    number: int,
) -> None:
    wanted, seconds = undisturbed
    chance = random.Random(SEED + number)  # noqa: S311  # for moments, not for secrets
    install = Install(koor, sample, server_factory("debian12"))
    before = places(koor)
    moments = []
    for _ in range(EACH):
        moment, whole = chance.uniform(0.1, seconds), chance.random() < 0.5
        with install.going() as run:
            deadline = time.time() + moment
            while time.time() < deadline and run.process.poll() is None:
                time.sleep(0.01)
            ended = run.process.poll() is not None
            with suppress(ProcessLookupError):  # it may have ended by itself, and its group with it
                if whole:
                    os.killpg(run.process.pid, signal.SIGKILL)
                else:
                    run.process.kill()
            said = run.said.splitlines()
            moments.append(f"{moment:.2f} s, {'the group' if whole else 'alone'}, {'over' if ended else said[-1:]}")
    install()
    found = differences(wanted, state(install.server))
    assert not found, "\n".join([f"seed {SEED}, server {number}, killed at {moments}", *found])
    assert left_behind() == []
    assert places(koor) <= before
