"""What is due: the approved list against what systems offer today, against lifetimes, and against our own roles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from koor_provision.models.case import Company
from koor_provision.models.components import role_of
from koor_provision.models.due import Row
from koor_provision.models.lifetimes import Lifetimes
from koor_provision.models.series import series
from koor_provision.models.software import Entry, System, Tested
from koor_provision.models.versions import VersionRange
from koor_provision.validation.offers import Offers

SOON = timedelta(days=180)
"""So long before an end it is told."""


@dataclass(frozen=True)
class Standard:
    """What is compared with.

    Attributes:
        roles: the present digest of each role, as a record holds it.
        max_age: a record that is older is due again.
    """

    lifetimes: Lifetimes
    roles: Mapping[str, str]
    today: date
    max_age: timedelta


def rows(company: Company, offers: Offers, standard: Standard) -> tuple[Row, ...]:
    """Every component that a system offers or that is approved there, in the list's order."""
    listed = [entry.component for entry in company.software.content.entries]
    return tuple(
        _row(company, component, system, versions.get(component), standard)
        for system, versions in offers.items()
        for component in dict.fromkeys((*listed, *versions))
        if component in versions or any(system in one.systems for one in company.software.content.find(component))
    )


def _row(company: Company, component: str, system: System, offered: str | None, standard: Standard) -> Row:
    entries = [one for one in company.software.content.find(component) if system in one.systems]
    fitting = [one for one in entries if offered and offered in VersionRange.parse(one.versions)]
    record = company.records.get(fitting[0].record) if fitting else None
    run = next((one for one in record.content.tested if one.system == system), None) if record else None
    tested_on = record.content.last_test if record else None
    life = standard.lifetimes.of(component)
    ends = life.ends.get(_series(offered, life.numbers).rpartition(":")[2]) if offered else None
    return Row(
        component,
        system,
        offered,
        bool(fitting),
        run.version if run else None,
        tested_on,
        ends,
        tuple(_due(component, offered, fitting, run, tested_on, standard)),
        tuple(_notes(system, offered, entries, ends, standard)),
    )


def _due(  # all that can make a validation due
    component: str, offered: str | None, fitting: list[Entry], run: Tested | None, tested_on: date | None,
    standard: Standard,
) -> Iterator[str]:  # fmt: skip
    if offered is None:
        return
    if not fitting:
        yield f"{offered} is not approved"
        return
    numbers = standard.lifetimes.of(component).numbers
    if run is None:
        yield "no test run is on record"
    elif _series(run.version, numbers) != _series(offered, numbers):
        yield f"tested was {run.version}, another series"
    if tested_on and standard.today - tested_on > standard.max_age:
        yield f"tested {(standard.today - tested_on).days} days ago"
    role = f"roles/{role_of(component)}"
    if run and role in run.digests and run.digests[role] != standard.roles.get(role):
        yield "the role has changed since it was tested"


def _notes(
    system: System, offered: str | None, entries: list[Entry], ends: date | None, standard: Standard
) -> Iterator[str]:
    if offered is None and entries:
        yield "approved, and not offered there"
    life = standard.lifetimes.systems.get(system)
    if ends and ends < standard.today + SOON:
        word = "ended" if ends < standard.today else "ends"
        until = f"; the system mends its own package until {life.long_term}" if life else ""
        yield f"its makers' support {word} {ends}{until}"
    if life and life.long_term < standard.today + SOON:
        yield f"the system's long-term support ends {life.long_term}"


def _series(version: str, numbers: int) -> str:
    try:
        return series(version, numbers)
    except ValueError:
        return version
