# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an order wants entered in the application, what of it is there, and how the rest gets there."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ansible_collections.koor.provision.plugins.module_utils.application_database import Database, Failed

PATHS = {"unit": "organization/unit", "department": "organization/department", "position": "organization/position",
         "group": "admin/group"}  # fmt: skip
ABOVE = {"department": "unit", "position": "department"}
ACTIVE = "1"
ENTERED = "entered.json"
"""Where what was there is noted, in the folder of what is known of an installation."""


@dataclass(frozen=True)
class Entry:
    """One unit, department, position or group.

    Attributes:
        above: what it belongs to, by name; nothing for the first unit, or for none.
    """

    kind: str
    name: str
    above: str = ""


class Seen:
    """What of an order was there at some run: it is not entered again, since somebody may have renamed it since."""

    def __init__(self, state: Path) -> None:
        """Read it; there is nothing where nothing was entered."""
        self._file = state / ENTERED
        text = self._file.read_text(encoding="utf-8") if self._file.is_file() else "{}"
        try:
            self._names: dict[str, list[str]] = dict(json.loads(text))
        except (ValueError, TypeError) as problem:
            raise Failed(
                f"{self._file} is damaged: bring it back from the newest backup below {state}/backups"
            ) from problem

    def __contains__(self, entry: Entry) -> bool:
        """Whether it was there."""
        return entry.name in self._names.get(entry.kind, [])

    def add(self, *entries: Entry) -> None:
        """Write down that these are there."""
        for entry in entries:
            self._names.setdefault(entry.kind, []).append(entry.name)
        self._file.write_text(json.dumps(self._names, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class Puts(Protocol):
    """Somebody who can enter things."""

    def put(self, path: str, **fields: str) -> int:
        """Make something; returns the HTTP status."""


def wanted_of(parameters: dict[str, Any]) -> list[Entry]:
    """Return what is wanted, in the order in which one can belong to the other."""
    return [
        *(Entry("unit", name) for name in parameters["units"]),
        *(Entry("department", one["name"], one.get("unit") or "") for one in parameters["departments"]),
        *(Entry("position", one["name"], one.get("department") or "") for one in parameters["positions"]),
        *(Entry("group", name) for name in parameters["groups"]),
    ]


def there(base: Database, kind: str) -> dict[str, str]:
    """Return the numbers of all that there are of a kind, by name: the lowest where two have the same one."""
    # As numbers, whatever letters the client and the terminal know.
    rows = base.sql(f"SELECT HEX({kind}_name), {kind}_id FROM `{kind}` ORDER BY {kind}_id DESC")  # noqa: S608 - our own names
    return {bytes.fromhex(row[0]).decode(errors="replace"): row[1] for row in rows if row[0] != "NULL"}


def split(base: Database, wanted: list[Entry], seen: Seen, *, blank: bool = False) -> tuple[list[Entry], list[Entry]]:
    """Return what is missing and was never seen, and what is there and was not seen before, whoever entered it.

    Args:
        blank: in check mode the application itself may not be there, and then nothing is.
    """
    try:
        if blank and (shutil.which("mariadb") is None or not base.tables()):
            return wanted, []
    except Failed:
        return wanted, []  # there is no such database
    names = {kind: there(base, kind) for kind in {entry.kind for entry in wanted}}
    new = [entry for entry in wanted if entry not in seen]
    return (
        [entry for entry in new if entry.name not in names[entry.kind]],
        [entry for entry in new if entry.name in names[entry.kind]],
    )


def enter(base: Database, session: Puts, entries: list[Entry], seen: Seen) -> None:
    """Enter them, and believe the database and no answer.

    Raises:
        Failed: one of them is not there afterwards, or what it belongs to is not.
    """
    known: dict[str, dict[str, str]] = {}  # what something belongs to is entered before it, and read once
    for entry in entries:
        fields = {"name": entry.name, "status": ACTIVE}
        if above := ABOVE.get(entry.kind):
            if above not in known:
                known[above] = there(base, above)
            if entry.above and entry.above not in known[above]:
                raise Failed(f"there is no {above} '{entry.above}' for the {entry.kind} '{entry.name}'")
            if entry.above:
                fields[above] = known[above][entry.above]
            elif entry.kind == "department":
                fields[above] = min(known[above].values(), key=int)  # the first one, which the installer made
        status = session.put(f"/en/api/{PATHS[entry.kind]}", **fields)
        known[entry.kind] = there(base, entry.kind)
        if entry.name not in known[entry.kind]:
            raise Failed(f"the application answered {status}, and has no {entry.kind} '{entry.name}'")
        seen.add(entry)
