"""`koor-provision checklist` asks what no machine can see, and signs what came of it (R12)."""

import re
from typing import Any

import pytest
from click.testing import CliRunner
from tests.conftest import Sample

from koor_provision.cli.checklist import command
from koor_provision.errors import KoorError
from koor_provision.load.strict_yaml import parse


def fill(sample: Sample, answers: str, *options: str) -> Any:
    arguments = [str(sample.case), "--key", str(sample.key("engineer-senior")), *options]
    return CliRunner().invoke(command, arguments, input=answers, standalone_mode=False)


def rows(sample: Sample) -> dict[str, Any]:
    tree: Any = parse((sample.case / "checklist.yml").read_bytes(), "checklist.yml")
    return {row["item"]: row for row in tree["rows"]}


@pytest.fixture
def begun(koor, sample: Sample) -> Sample:
    assert koor("case", "checklist", sample.case).code == 0
    sample.sign("checklist.yml", "engineer-senior")
    return sample


NO = "n\n\n"


@pytest.fixture(autouse=True)
def at_a_terminal(monkeypatch) -> None:
    for module in ("said", "checklist"):
        monkeypatch.setattr(f"koor_provision.cli.{module}.attended", lambda: True)


def test_an_answer_has_a_person_and_a_day_and_a_number_within_the_limit(koor, begun: Sample) -> None:
    # server, localisation: no; units: yes, eleven is too many, ten; nobody of that name, then the default; a day that
    # is none; and no more
    answers = NO * 2 + "y\n11\n10\nnobody\n\nyesterday\n\n\n" + NO * 10
    done = fill(begun, answers)
    assert done.exception is None, done.output
    found = rows(begun)
    assert (found["units"]["done"], found["units"]["count"]) == ("true", "10")
    assert found["units"]["by"] == "engineer-senior"
    assert found["departments"]["left_open"] == "not done yet"
    assert found["application"]["left_open"] == "no server was looked at: name its inventory"
    assert "nobody is nobody of ours" in done.output
    assert "write the day as" in done.output
    answer = koor("check", begun.case)
    assert (answer.code, "1 of 14 done" in answer.out) == (0, True)


def test_what_was_done_is_not_asked_again_unless_wanted(begun: Sample) -> None:
    fill(begun, NO * 2 + "y\n3\n\n\n\n" + NO * 10)
    again = fill(begun, NO * 20)
    assert rows(begun)["units"]["count"] == "3"
    assert "done by engineer-senior" in again.output
    fill(begun, NO * 20, "--again")
    assert rows(begun)["units"]["done"] == "false"


@pytest.mark.parametrize(
    ("person", "key", "reason"),
    [
        ("engineer-senior", "hocs", "this is hocs's key, and engineer-senior signs here"),
        ("engineer-senior", "customer-it", "this is customer-it's key"),
        ("hocs", "engineer-senior", "this is engineer-senior's key, and hocs signs here"),
        ("nobody", "engineer-senior", "unknown engineer: nobody"),
    ],
)
def test_nobody_signs_with_the_key_of_somebody_else(begun: Sample, person: str, key: str, reason: str) -> None:
    before = (begun.case / "checklist.yml").read_bytes()
    done = fill(begun, NO * 20, "--as", person, "--key", str(begun.key(key)))
    assert isinstance(done.exception, KoorError)
    assert reason in str(done.exception)
    assert "Done?" not in done.output
    assert (begun.case / "checklist.yml").read_bytes() == before


def test_a_checklist_that_was_not_begun_is_made_from_the_form(koor, sample: Sample) -> None:
    assert fill(sample, NO * 20).exception is None
    assert koor("check", sample.case).code == 0
    assert len(rows(sample)) == 14


ANSWERS = """\
rows:
  units: {done: true, count: 3, by: hocs, date: 2026-01-31, remark: by phone}
  localisation: {done: false, why_not: waits for the customer}
"""


def test_answers_may_come_from_a_file_where_nobody_sits(koor, begun: Sample, monkeypatch, tmp_path) -> None:
    for module in ("said", "checklist"):
        monkeypatch.setattr(f"koor_provision.cli.{module}.attended", lambda: False)
    (tmp_path / "answers.yml").write_text(ANSWERS)
    done = fill(begun, "", "--answers", str(tmp_path / "answers.yml"))
    assert done.exception is None, done.output
    found = rows(begun)
    units = {name: found["units"][name] for name in ("done", "count", "by", "date", "remark")}
    assert units == {"done": "true", "count": "3", "by": "hocs", "date": "2026-01-31", "remark": "by phone"}
    assert found["localisation"]["left_open"] == "waits for the customer"
    assert found["modules"]["left_open"].startswith("nobody was asked: whether these are the purchased ones")
    assert koor("check", begun.case).code == 0


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("units: {done: true, count: 11}", "needs a count, at most 10"),
        ("units: {done: true}", "needs a count, at most 10"),
        ("modules: {done: true, by: nobody}", "nobody did not work here on"),
        ("modules: {done: true, date: 2999-01-01}", "did not work here on|still to come"),
        ("coffee: {done: true}", "is no row of the form"),
    ],
)
def test_answers_of_a_file_are_held_against_the_same(begun: Sample, tmp_path, rows: str, reason: str) -> None:
    before = (begun.case / "checklist.yml").read_bytes()
    (tmp_path / "answers.yml").write_text(f"rows:\n  {rows}\n")
    done = fill(begun, NO * 20, "--answers", str(tmp_path / "answers.yml"))
    assert isinstance(done.exception, KoorError)
    assert re.search(reason, str(done.exception))
    assert (begun.case / "checklist.yml").read_bytes() == before


def test_where_nobody_can_be_asked_it_says_so_before_anything(begun: Sample, monkeypatch) -> None:
    monkeypatch.setattr("koor_provision.cli.said.attended", lambda: False)
    done = fill(begun, "", "--inventory", "/nonexistent/inventory.yml")
    assert isinstance(done.exception, KoorError)
    assert (done.exception.exit_code, "nobody can be asked here" in str(done.exception)) == (2, True)
