"""What `roles test` does and finds: a trial is one program that must succeed."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a trial looks at; the name is what people read."""

    SCOPE = "scope lint"
    LINT = "ansible-lint"
    ARGUMENTS = "argument specs"
    MOLECULE = "molecule"


class Outcome(StrEnum):
    """How a trial ended. Stopped is neither: nobody knows how it would have ended."""

    PASSED = "passed"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Trial:
    """How one trial went.

    Attributes:
        subject: the scenario, or the roles that were looked at.
        system: on which system; empty where no server is needed.
        seconds: wall clock.
        log: where the log was kept; empty where there was no reason to.
        tail: the log's last lines, where it failed.
    """

    kind: Kind
    subject: str
    system: str
    outcome: Outcome
    seconds: float
    log: str = ""
    tail: str = ""

    @property
    def title(self) -> str:
        """A name for people, unlike those of all other trials of a run."""
        return f"{self.subject} on {self.system}" if self.system else str(self.kind)
