"""Which earlier runs a run finishes: by what the server keeps, and by our own ledger."""

from datetime import UTC, datetime

from koor_provision.audit.answer import Runs
from koor_provision.errors import RunError
from koor_provision.ledger.earlier import Earlier
from koor_provision.models.earlier import BrokenOff
from koor_provision.models.facts import Facts
from koor_provision.models.plan import Plan


def broken_off(facts: Facts, ledger: Earlier) -> tuple[BrokenOff, ...]:
    """Runs on a server that have no end, the oldest first.

    The server knows a run that another machine of ours began; the ledger, one that was torn away after its work and
    before anybody had looked at it.
    """
    kept = {one.run: one for one in facts.runs}
    settled = {*ledger.settled, *(one.run for one in facts.runs if one.settled)}
    began = {one.run: datetime.fromtimestamp(one.began, UTC) for one in facts.runs if not one.ended} | ledger.open
    rows = [
        BrokenOff(run=run, began=then, brought=kept[run].brought if run in kept else ())
        for run, then in began.items()
        if run not in settled
    ]
    return tuple(sorted(rows, key=lambda row: (row.began, row.run)))


def must_still_be_so(plan: Plan, runs: Runs, ledger: Earlier) -> None:
    """Hold what a plan says of earlier runs against what is so now, where no other run can begin any more.

    Args:
        runs: by what the server keeps now.

    Raises:
        RunError: a run ended or was broken off since the plan was made.
    """
    now = {*runs.open, *ledger.open} - {*runs.settled, *ledger.settled}
    if other := sorted(now ^ {one.run for one in plan.finishes}):
        raise RunError(
            f"since this plan was made, another run ended or was broken off there: {', '.join(other)}",
            where=plan.host.name,
            hint="run the same command again: it looks at the server anew",
        )
