"""Which earlier runs a run finishes: what the server keeps and what the ledger knows, put together."""

from datetime import UTC, datetime

import pytest
from tests.world import World

from koor_provision.audit.answer import Runs
from koor_provision.cli.earlier import broken_off, must_still_be_so
from koor_provision.errors import RunError
from koor_provision.ledger.earlier import Earlier
from koor_provision.models.earlier import KeptRun

ONE, TWO, THREE = ("1" * 16, "2" * 16, "3" * 16)
THEN = datetime(2027, 3, 10, 8, tzinfo=UTC)
NOTHING = Earlier({}, frozenset())


def kept(run: str, *, ended: bool = False, settled: bool = False, brought: tuple[str, ...] = ()) -> KeptRun:
    return KeptRun(run=run, began=int(THEN.timestamp()), ended=ended, settled=settled, brought=brought)


def named(world: World, runs: tuple[KeptRun, ...], ledger: Earlier = NOTHING) -> list[tuple[str, tuple[str, ...]]]:
    facts = world.proposal().facts.model_copy(update={"runs": runs})
    return [(one.run, one.brought) for one in broken_off(facts, ledger)]


def test_a_run_that_noted_no_end_is_named_with_what_it_brought(world: World) -> None:
    runs = (kept(ONE, brought=("php8.2-cli",)), kept(TWO, ended=True), kept(THREE, settled=True))
    assert named(world, runs) == [(ONE, ("php8.2-cli",))]


def test_a_run_that_was_killed_before_it_was_audited_is_known_by_the_ledger(world: World) -> None:
    ledger = Earlier({ONE: THEN, TWO: THEN}, frozenset())
    assert named(world, (kept(ONE, ended=True, brought=("php8.2-cli",)),), ledger) == [
        (ONE, ("php8.2-cli",)),
        (TWO, ()),
    ]


def test_what_another_run_said_already_is_not_said_again(world: World) -> None:
    assert named(world, (kept(ONE),), Earlier({}, frozenset({ONE}))) == []
    assert named(world, (kept(ONE, settled=True),), Earlier({ONE: THEN}, frozenset())) == []


def test_a_run_that_was_broken_off_or_ended_since_the_plan_was_made_ends_this_one(world: World) -> None:
    plan = world.proposal().plan
    must_still_be_so(plan, Runs(), NOTHING)
    with pytest.raises(RunError, match=f"another run ended or was broken off there: {ONE}"):
        must_still_be_so(plan, Runs(open=[ONE]), NOTHING)
    facts = world.proposal().facts.model_copy(update={"runs": (kept(ONE),)})
    naming = plan.model_copy(update={"finishes": broken_off(facts, NOTHING)})
    must_still_be_so(naming, Runs(open=[ONE]), NOTHING)
    with pytest.raises(RunError):
        must_still_be_so(naming, Runs(settled=[ONE]), NOTHING)
