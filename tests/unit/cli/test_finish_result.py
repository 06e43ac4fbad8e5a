"""What a run came to: an audit that found something, or could not be done, is never a pass."""

import pytest

from koor_provision.cli.finish import Seen, _result
from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.models.evidence import CheckResult
from koor_provision.provision.events import Log
from koor_provision.provision.runner import Outcome
from koor_provision.verify.run import Verification

CLEAN, BLIND = Audit(()), Audit((), ("the process was ended",))
HALF = Audit((Change(ChangeKind.PACKAGE, "php", "added", "1, install ok unpacked", Owner.UNFINISHED, "php"),))
EVIL = Audit((Change(ChangeKind.SETUID, "/srv/evil", "added"),))
GOOD = Verification((CheckResult("it works", "passed", 0.1),), "", finished=True)
BAD = Verification((CheckResult("it works", "failed", 0.1),), "", finished=True)
RAN = Log([{"event": "start"}, {"event": "end"}])
FORGED = Log([{"event": "start"}, {"event": "end"}], ["event 9 came after event 2"])


@pytest.mark.parametrize(
    ("audit", "expected"),
    [(CLEAN, "partly audited"), (EVIL, "out of scope"), (BLIND, "unverified"), (None, "unverified")],
)
def test_a_run_that_finished_one_that_was_broken_off_is_no_plain_pass(audit, expected):
    outcome = Outcome("successful", RAN, "")
    assert _result(outcome, Seen(GOOD, audit), stopped=False, finishes=True) == expected


@pytest.mark.parametrize(
    ("status", "log", "verification", "audit", "expected"),
    [
        ("successful", RAN, GOOD, CLEAN, "passed"),
        ("successful", RAN, GOOD, EVIL, "out of scope"),
        ("successful", RAN, GOOD, HALF, "failed"),
        ("successful", RAN, GOOD, BLIND, "unverified"),
        ("successful", RAN, GOOD, None, "unverified"),
        ("successful", RAN, BAD, CLEAN, "failed"),
        ("successful", RAN, BAD, EVIL, "failed"),
        ("successful", RAN, None, CLEAN, "failed"),
        ("successful", FORGED, GOOD, CLEAN, "unverified"),
        ("successful", FORGED, GOOD, EVIL, "unverified"),
        ("failed", RAN, GOOD, EVIL, "failed"),
    ],
)
def test_what_a_run_came_to(status, log, verification, audit, expected):
    assert _result(Outcome(status, log, ""), Seen(verification, audit), stopped=False) == expected
    assert _result(Outcome(status, log, ""), Seen(verification, audit), stopped=True) == "interrupted"
