"""`koor-provision checklist` asks what no machine can see, and signs what came of it (R12)."""

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


def test_an_answer_has_a_person_and_a_day_and_a_number_within_the_limit(koor, begun: Sample) -> None:
    # server, localisation: no; units: yes, eleven is too many, ten; nobody of that name, then the default; and no more
    answers = NO * 2 + "y\n11\n10\nnobody\n\n\n\n\n" + NO * 10
    done = fill(begun, answers)
    assert done.exception is None, done.output
    found = rows(begun)
    assert (found["units"]["done"], found["units"]["count"]) == ("true", "10")
    assert found["units"]["by"] == "engineer-senior"
    assert found["departments"]["left_open"] == "not done yet"
    assert found["application"]["left_open"] == "no server was looked at: name its inventory"
    assert "nobody did not work here" in done.output
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
