"""What a run came to: everything that the evidence bundle and the receipt are made from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from koor_provision.models.audit import Audit
from koor_provision.models.case import Proposal
from koor_provision.models.finding import Finding

KEEPING = "keep"
"""The role by which the server keeps what a run may change, so that it can be undone."""

UNDOING = "undo"
"""The role by which a run is taken back."""


class Result(StrEnum):
    """How a run ended. One that finished another, which was broken off, is never more than partly audited."""

    PASSED = "passed"
    PARTLY_AUDITED = "partly audited"
    FAILED = "failed"
    UNVERIFIED = "unverified"
    OUT_OF_SCOPE = "out of scope"
    INTERRUPTED = "interrupted"

    @property
    def done(self) -> bool:
        """Whether what was ordered is done and verified, and nothing changed meanwhile that nobody answers for."""
        return self in {Result.PASSED, Result.PARTLY_AUDITED}


@dataclass(frozen=True)
class CheckResult:
    """One verification test: passed, failed, error or skipped."""

    name: str
    result: str
    seconds: float
    message: str = ""


@dataclass(frozen=True)
class Record:
    """One finished run.

    Attributes:
        events: of our own callback plugin, in order.
        troubles: why the events cannot be relied on; empty if they can.
        audit: what changed on the server; None where it was not looked at, which is never a pass.
    """

    result: Result
    proposal: Proposal
    findings: tuple[Finding, ...]
    started: datetime
    finished: datetime
    events: tuple[dict[str, Any], ...]
    troubles: tuple[str, ...]
    checks: tuple[CheckResult, ...]
    audit: Audit | None = None

    @property
    def changes(self) -> tuple[dict[str, Any], ...]:
        """The steps that changed something; what the server keeps aside is no change of anything."""
        changed = (event for event in self.events if event.get("status") == "changed")
        return tuple(event for event in changed if event.get("role") != KEEPING)

    @property
    def told(self) -> tuple[str, ...]:
        """What an undo leaves, and why, by the steps that did not fail over it."""
        own = (event for event in self.events if event.get("role") == UNDOING and event.get("message"))
        good = (event for event in own if event.get("status") in {"ok", "changed"})
        return tuple(part for event in good for part in str(event["message"]).split("; "))
