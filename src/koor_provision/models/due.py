"""What is known of one component on one system: whether its validation is due (R9)."""

from dataclasses import dataclass
from datetime import date

from koor_provision.models.software import System


@dataclass(frozen=True)
class Row:
    """One component on one system.

    Attributes:
        offered: the version that an installation would bring; None where the system has none.
        approved: whether that version may be installed.
        tested: the version that was tested last there; None where no test run is on record.
        tested_on: the day of the record's last row.
        ends: the last day on which the makers mend the offered series; None where none was announced.
        due: why it should be validated; empty where nothing is due.
        notes: what else there is to know.
    """

    component: str
    system: System
    offered: str | None
    approved: bool
    tested: str | None
    tested_on: date | None
    ends: date | None
    due: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def command(self) -> str:
        """What brings the validation about."""
        return f"koor-provision software validate {self.component} --system {self.system}"
