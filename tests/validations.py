"""Validation records as `software validate` writes them, without servers: the runs are made up."""

from datetime import UTC, date, datetime
from pathlib import Path

from koor_provision.models.software import Entry, ScenarioRun, System, Tested
from koor_provision.validation.answers import Answer, Who
from koor_provision.validation.records import Subject, write

ANSWERS = {
    name: Answer(result="None.", evidence="a made-up record")
    for name in ("further_changes_needed", "production_problems")
}


def run(system: System, version: str, *, passed: bool = True, package: str = "nginx") -> Tested:
    """A run of a component's scenario."""
    return Tested(
        system=system,
        version=version,
        packages={package: version},
        scenarios=(ScenarioRun(scenario=package, passed=passed, seconds=61),),
        image="1" * 64,
        digests={f"roles/{package}": "2" * 64},
        finished=datetime(2026, 1, 31, 8, tzinfo=UTC),
        tool="0.1.0",
    )


def record(*runs: Tested, versions: str, day: date, component: str = "nginx", former: Entry | None = None) -> str:
    """A record's text, answered by the CTO."""
    systems = tuple(one.system for one in runs)
    subject = Subject(component, "update", versions, systems, former.extensions if former else (), former)
    return write(subject, runs, ANSWERS, Who("cto", day))


def put(folder: Path, name: str, text: str) -> Path:
    """Write a record into a company's folder."""
    file = folder / "validations" / name
    file.write_text(text, encoding="utf-8")
    return file
