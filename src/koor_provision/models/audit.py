"""What a run changed on a server, and who answers for each change; what nobody does is out of scope (R8)."""

from dataclasses import dataclass
from enum import StrEnum

THERE_BEFORE = " (there before)"
"""Behind the name of a component that is not in the order."""


class ChangeKind(StrEnum):
    """What sort of thing changed."""

    PACKAGE = "package"
    FILE = "file"
    USER = "user"
    GROUP = "group"
    SUDOERS = "sudoers"
    CRON = "cron"
    UNIT = "unit"
    PORT = "port"
    FIREWALL = "firewall"
    SETTING = "setting"
    SETUID = "setuid"


class Owner(StrEnum):
    """Who answers for a change."""

    COMPONENT = "component"
    BEFORE = "before"
    PACKAGE = "package"
    SYSTEM = "system"
    UNFINISHED = "unfinished"
    NOBODY = "nobody"


@dataclass(frozen=True, order=True)
class Change:
    """One difference between the server before the run and after it.

    Attributes:
        what: a path, a package, an account, a unit, a kernel setting, or ADDRESS:PORT/PROTOCOL.
        how: added, changed or removed.
        detail: what a person wants to know of it, such as `mode 0644 -> 4755`; empty where the rest says it all.
        owner: whose it is; NOBODY is out of scope; UNFINISHED is the plan's own package step that did not come to its
            end, so it is not as planned, and never part of a run that passed.
        by: the name of the component or the package; `NAME (there before)` for BEFORE, a component that is not in the
            order and wrote to its own data; for SYSTEM why a running system does that by itself.
    """

    kind: ChangeKind
    what: str
    how: str
    detail: str = ""
    owner: Owner = Owner.NOBODY
    by: str = ""


@dataclass(frozen=True)
class Audit:
    """Everything that changed while a run was at work.

    Attributes:
        changes: sorted by kind and name.
        troubles: why the audit cannot be relied on, such as a folder that could not be read; empty if it can.
        files: how many files were looked at.
        seconds: what both looks took together.
        left_out: what was not looked at, and why, such as a folder that lies on another machine.
    """

    changes: tuple[Change, ...]
    troubles: tuple[str, ...] = ()
    files: int = 0
    seconds: float = 0.0
    left_out: tuple[str, ...] = ()

    @property
    def out_of_scope(self) -> tuple[Change, ...]:
        """What nobody answers for."""
        return tuple(change for change in self.changes if change.owner is Owner.NOBODY)

    @property
    def not_as_planned(self) -> tuple[Change, ...]:
        """Packages that the plan's own step left half done."""
        return tuple(change for change in self.changes if change.owner is Owner.UNFINISHED)
