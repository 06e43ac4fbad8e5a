"""Records: what they speak for, what is asked, and that what is written can be read."""

from datetime import date

import pytest
from tests.validations import record, run

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.models.software import Entry, NewValidation, ValidationRecord
from koor_provision.validation.answers import QUESTIONS, asked, blank, must_be_complete, read_answers
from koor_provision.validation.records import must_hold, proposed_range

DAY = date(2026, 1, 31)
OLD = Entry(
    component="nginx", versions="vers:deb/>=1.22|<1.26~", systems=("debian12", "debian13"), approved=DAY,
    record="validations/nginx-update-1.yml", record_sha256="3" * 64,
)  # fmt: skip


def answers(text: str, form: str = "update"):
    return read_answers(Content("answers.yml", text.encode()), form)  # type: ignore[arg-type]


def test_a_record_speaks_for_the_tested_series():
    assert proposed_range([("debian13", "1.26.3-3+deb13u1")], 2, ()) == ("vers:deb/>=1.26|<1.27~", None)


def test_what_was_approved_before_stays_where_the_series_follows_on_it():
    assert proposed_range([("debian13", "1.26.3-3")], 2, (OLD,)) == ("vers:deb/>=1.22|<1.27~", OLD)


def test_what_lies_between_is_not_approved_by_chance():
    assert proposed_range([("debian13", "1.28.0-1")], 2, (OLD,)) == ("vers:deb/>=1.28|<1.29~", None)


def test_an_approval_for_another_system_is_not_taken_over():
    only_12 = OLD.model_copy(update={"systems": ("debian12",)})

    assert proposed_range([("debian13", "1.26.3-3")], 2, (only_12,)) == ("vers:deb/>=1.26|<1.27~", None)


def test_systems_with_series_that_do_not_touch_take_a_record_each_or_a_range_by_hand():
    with pytest.raises(InputError, match="what lies between was not tested"):
        proposed_range([("debian12", "8.2.29-1"), ("debian13", "8.4.11-1")], 2, ())


def test_a_range_by_hand_holds_every_version_that_was_tested():
    must_hold("vers:deb/>=8.2|<8.5~", [("debian12", "8.2.29-1"), ("debian13", "8.4.11-1")])
    for wrong in ("vers:deb/>=8.3|<8.5~", "8.2 to 8.5"):
        with pytest.raises(InputError):
            must_hold(wrong, [("debian12", "8.2.29-1")])


def test_what_is_written_can_be_read_and_holds_what_was_run():
    text = record(run("debian12", "1.22.1-9"), run("debian13", "1.26.3-3"), versions="vers:deb/>=1.22|<1.27~", day=DAY)
    found = to_model(Content("r", text.encode()), ValidationRecord)

    assert (found.passed, found.last_test) == ("yes", DAY)
    assert [(one.system, one.version) for one in found.tested] == [("debian12", "1.22.1-9"), ("debian13", "1.26.3-3")]
    assert found.update is not None
    assert found.update.black_box_test.passed
    assert "1.26.3-3 on debian13: nginx passed" in found.update.black_box_test.result


def test_a_failed_run_fails_the_record():
    text = record(run("debian13", "1.26.3-3", passed=False), versions="vers:deb/>=1.26|<1.27~", day=DAY)
    found = to_model(Content("r", text.encode()), ValidationRecord)

    assert found.passed == "no"
    assert found.update is not None
    assert found.update.black_box_test.passed is False


def test_a_record_says_what_it_takes_over():
    text = record(run("debian13", "1.26.3-3"), versions="vers:deb/>=1.22|<1.27~", day=DAY, former=OLD)

    assert f"continues: {OLD.record}\ncontinues_sha256: '{OLD.record_sha256}'" in text


def test_every_row_of_both_forms_is_asked_but_the_one_that_the_tests_answer():
    assert {*asked("new"), *asked("update")} == set(QUESTIONS)
    assert {*asked("new"), "black_box_test"} == set(NewValidation.model_fields)


@pytest.mark.parametrize("form", ["new", "update"])
def test_a_blank_file_asks_every_row_and_is_not_accepted_as_it_is(form):
    text = blank(form)

    assert all(f"  {name}:\n" in text for name in asked(form))
    with pytest.raises(InputError):
        answers(text, form)


def test_a_short_answer_still_needs_its_evidence():
    found = answers(
        "rows:\n  further_changes_needed: None.\n  production_problems: {result: None., evidence: no ticket}\n"
    )

    with pytest.raises(InputError, match=r"not answered in full: further_changes_needed$"):
        must_be_complete(found, "update")


def test_rows_that_are_judged_say_whether_they_passed():
    rows = "".join(f"  {name}: {{result: Yes., evidence: seen}}\n" for name in asked("new"))

    with pytest.raises(InputError, match=r"not answered in full: integration_possible, data_protection$"):
        must_be_complete(answers(f"rows:\n{rows}", "new"), "new")


@pytest.mark.parametrize(("row", "said"), [("black_box_test", "answered by the tests"), ("riks", "no row of the form")])
def test_an_answer_to_what_is_not_asked_is_refused(row, said):
    with pytest.raises(InputError, match=said):
        answers(f"rows:\n  {row}: {{result: Yes., evidence: seen}}\n")
