"""The list that we ship, as the sample's CTO signs it: each entry holds, and no record or entry can be touched."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from tests.conftest import Sample
from tests.world import World

from koor_provision.load.company import load_company
from koor_provision.load.resources import share
from koor_provision.models.case import Case
from koor_provision.models.finding import Verdict
from koor_provision.models.software import Entry
from koor_provision.rules import r09_approved_versions as r09

ENTRIES = yaml.safe_load((share() / "approved_software.yml").read_text(encoding="utf-8"))["entries"]
COMPONENTS = list(dict.fromkeys(entry["component"] for entry in ENTRIES))


@pytest.fixture
def case(world: World) -> Case:
    return world.case()


def verdicts(sample: Sample, case: Case, component: str) -> Iterator[tuple[Verdict, str]]:
    """What R9 says of an order of this component alone, with the company as it lies there now."""
    company = load_company(sample.company, sample.remembered, _today(sample))[0]
    confirmation = case.confirmation.content.model_copy(update={"components": (component,)})
    ordered = replace(
        case, now=datetime.now(UTC), company=company, confirmation=replace(case.confirmation, content=confirmation)
    )
    for finding in r09.check(ordered):
        yield finding.verdict, finding.reason


def _today(sample: Sample) -> date:
    issued: date = yaml.safe_load(sample.file("approved_software.yml").read_text(encoding="utf-8"))["issued"]
    return issued


def denied(sample: Sample, case: Case, component: str) -> str:
    found = list(verdicts(sample, case, component))
    assert all(verdict is Verdict.DENY for verdict, _ in found), found
    return "; ".join(reason for _, reason in found)


def record_of(sample: Sample, component: str) -> Path:
    return sample.company / str(next(entry["record"] for entry in ENTRIES if entry["component"] == component))


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_entry_holds(sample, case, component):
    assert [verdict for verdict, _ in verdicts(sample, case, component)] == [Verdict.PASS]


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_record_that_is_removed_or_edited_is_refused(sample, case, component):
    file = record_of(sample, component)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("None known.", "None."), encoding="utf-8")
    assert "is not the one that the CTO approved" in denied(sample, case, component)
    file.write_text(text + "\n", encoding="utf-8")
    assert "is not the one that the CTO approved" in denied(sample, case, component)
    file.unlink()
    assert "is missing" in denied(sample, case, component)


@pytest.mark.parametrize("number", range(len(ENTRIES)), ids=[entry["component"] for entry in ENTRIES])
def test_an_entry_that_is_removed_or_edited_is_refused(sample, case, number):
    file = sample.file("approved_software.yml")
    text = file.read_text(encoding="utf-8")
    parts = re.split(r"(?=^  - component: )", text, flags=re.MULTILINE)
    head, entries = parts[0], parts[1:]
    assert len(entries) == len(ENTRIES)
    one = entries[number]
    edited = {
        "removed": "",
        "widened": re.sub(r'\|<[^"]+"', '"', one),
        "another record's digest": re.sub(r"record_sha256: .*", f"record_sha256: {'0' * 64}", one),
        "another day": re.sub(r"approved: .*", "approved: 2020-01-01", one),
    }
    for what, new in edited.items():
        assert new != one, what
        file.write_text(head + "".join([*entries[:number], new, *entries[number + 1 :]]), encoding="utf-8")
        said = denied(sample, case, "php")
        assert "the approved list is not signed by the CTO" in said, what


def test_entries_are_written_as_the_model_has_them():
    assert all(Entry.model_validate({**entry, "approved": str(entry["approved"])}) for entry in ENTRIES)


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_record_holds_a_run_that_passed_on_each_of_its_systems(sample, component):
    company = load_company(sample.company, sample.remembered, _today(sample))[0]
    for entry in company.software.content.find(component):
        record = company.records[entry.record].content
        assert {run.system for run in record.tested} == set(record.systems)
        assert all(run.passed for run in record.tested)
