"""`software validate` and `adopt` from the command line to the signed list; only the servers are made up."""

from pathlib import Path

import pytest
import yaml
from tests.conftest import Sample
from tests.validations import run

from koor_provision.cli import workflow
from koor_provision.cli.session import Options
from koor_provision.validation import testing

ANSWERS = """
rows:
  further_changes_needed: {result: None., evidence: no other role was changed}
  production_problems: {result: None known., evidence: no ticket}
"""
OFFERED = {"debian12": "1.22.1-9", "debian13": "1.28.0-1"}


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """What becomes of a run on each system; the test may have one fail."""
    passes = {"debian12": True, "debian13": True}
    monkeypatch.setattr(
        testing,
        "test",
        lambda bench, scenario, scope, systems, tell: tuple(
            run(system, OFFERED[system], passed=passes[system]) for system in systems
        ),
    )
    return passes


@pytest.fixture
def given(sample: Sample, tmp_path: Path) -> tuple[object, ...]:
    answers = tmp_path / "answers.yml"
    answers.write_text(ANSWERS, encoding="utf-8")
    return ("--company", sample.company, "--responsible", "cto", "--answers", answers)


def read(file: Path):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_a_record_is_written_with_its_page_and_approves_nothing(koor, sample, given, servers):
    before = sample.file("approved_software.yml").read_bytes()
    answer = koor("software", "validate", "nginx", "--system", "debian13", *given)
    record = read(sample.company / "validations" / "nginx-update-2.yml")

    assert answer.code == 0, answer.err
    assert (record["versions"], record["passed"]) == ("vers:deb/>=1.28|<1.29~", "yes")
    assert (sample.company / "validations" / "nginx-update-2.html").exists()
    assert "next, by the CTO: koor-provision software approve" in answer.out
    assert sample.file("approved_software.yml").read_bytes() == before


def test_a_series_that_follows_takes_over_what_was_approved(koor, sample, given, servers, monkeypatch):
    monkeypatch.setitem(OFFERED, "debian13", "1.27.4-1")
    koor("software", "validate", "nginx", "--system", "debian13", *given)
    record = read(sample.company / "validations" / "nginx-update-2.yml")

    assert record["versions"] == "vers:deb/>=1.22|<1.28~"
    assert record["continues"] == "validations/nginx-update-1.yml"


def test_a_failure_is_on_record_too(koor, sample, given, servers):
    servers["debian13"] = False
    answer = koor("software", "validate", "nginx", "--system", "debian13", *given)

    assert answer.code == 3
    assert "next, by the CTO" not in answer.out
    assert read(sample.company / "validations" / "nginx-update-2.yml")["passed"] == "no"


def test_adopt_tests_and_approves(koor, sample, given, servers):
    options = ("--system", "debian13", "--key", sample.key("cto"), "--yes")
    answer = koor("software", "adopt", "nginx", *options, *given)

    assert answer.code == 0, answer.err
    entries = read(sample.file("approved_software.yml"))["entries"]
    assert entries[-1]["record"] == "validations/nginx-update-2.yml"
    assert koor("check", sample.case).code == 0


def test_adopt_approves_nothing_that_failed_and_by_no_other_key(koor, sample, given, servers):
    before = sample.file("approved_software.yml").read_bytes()
    of_another = koor("software", "adopt", "nginx", "--system", "debian13", "--key", sample.key("hocs"), *given)
    assert of_another.code == 1
    assert "hocs is not the CTO" in of_another.err
    assert "testing" not in of_another.out
    servers["debian13"] = False
    assert koor("software", "adopt", "nginx", "--system", "debian13", "--key", sample.key("cto"), *given).code == 3

    assert sample.file("approved_software.yml").read_bytes() == before


def test_adopt_wants_a_case_and_the_way_to_its_server_together(koor, sample, given, servers):
    answer = koor("software", "adopt", "nginx", "--system", "debian13", "--case", sample.case, *given)

    assert answer.code == 2
    assert "--case and --inventory belong together" in answer.err


def test_new_software_takes_the_long_form(koor, sample, given, servers):
    answer = koor("software", "validate", "nginx", "--form", "new", "--system", "debian13", *given)

    assert answer.code == 2
    assert "is no row of the form 'new'" in answer.err


def test_adopt_installs_what_waited_with_the_engineers_key(koor, sample, given, servers, monkeypatch, tmp_path):
    asked: list[Options] = []

    def go(options: Options) -> int:
        asked.append(options)
        return 1 if len(asked) == 1 else 0

    monkeypatch.setattr(workflow, "go", go)
    order = (
        "--case",
        sample.case,
        "--inventory",
        tmp_path / "inventory.yml",
        "--engineer-key",
        sample.key("engineer-senior"),
    )
    answer = koor(
        "software", "adopt", "nginx", "--system", "debian13", "--key", sample.key("cto"), "--yes", *order, *given
    )

    assert answer.code == 0, answer.err
    assert [(one.dry_run, one.yes, one.key) for one in asked] == [
        (True, False, None),
        (False, True, sample.key("engineer-senior")),
    ]
    assert all((one.case, one.company, one.engine) == (sample.case, sample.company, "mitogen") for one in asked)
    places = [answer.out.index(f"{step} of 4") for step in (1, 2, 3, 4)]
    assert places == sorted(places)


def test_adopt_tests_nothing_that_is_not_refused(koor, sample, given, servers, monkeypatch, tmp_path):
    monkeypatch.setattr(workflow, "go", lambda options: 0)
    before = sample.file("approved_software.yml").read_bytes()
    order = ("--case", sample.case, "--inventory", tmp_path / "inventory.yml")
    answer = koor(
        "software", "adopt", "nginx", "--system", "debian13", "--key", sample.key("cto"), "--yes", *order, *given
    )

    assert answer.code == 0
    assert "nothing to adopt" in answer.err
    assert sample.file("approved_software.yml").read_bytes() == before
