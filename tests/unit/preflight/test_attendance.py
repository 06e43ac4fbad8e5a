"""What is read on the target to see whether the customer's IT is present: a small file, never followed elsewhere."""

import json
import os
from types import SimpleNamespace
from typing import Any

import pytest

from koor_provision.errors import RunError
from koor_provision.models.attendance import Attendance, code_of
from koor_provision.preflight import attendance
from koor_provision.preflight.attendance_probe import look

DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def place(tmp_path):
    return tmp_path / "attendance"


def test_nothing_there(place):
    assert look(str(place), 200) is None
    assert look(str(place / "below"), 200) is None


def test_a_file(place):
    place.write_text("0123-4567 customer-it\n")
    place.chmod(0o640)

    assert look(str(place), 200) == {
        "plain": True, "owner": os.getuid(), "mode": 0o640, "text": "0123-4567 customer-it\n",
    }  # fmt: skip


def test_a_long_or_binary_file_is_cut(place):
    place.write_bytes(b"\xff" * 10_000)

    found = look(str(place), 200)

    assert found is not None
    assert Attendance.model_validate(found).words is None


@pytest.mark.parametrize(
    "make", [lambda place: place.symlink_to("/etc/hostname"), os.mkfifo, lambda place: place.mkdir()]
)
def test_what_is_no_plain_file_is_not_read(place, make):
    make(place)

    found = look(str(place), 200)

    assert found is not None
    assert found["plain"] is False
    assert "text" not in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{code_of(DIGEST)} customer-it\n", ("0123456789abcdef0123", "customer-it")),
        ("0123 customer-it more", None),
        ("0123", None),
        ("", None),
    ],
)
def test_words(text, words):
    assert Attendance(plain=True, owner=0, mode=0o644, text=text).words == words


def test_a_code_is_the_beginning_of_the_digest_in_groups():
    assert code_of(DIGEST) == "0123-4567-89ab-cdef-0123"


def answering(answer: Any) -> Any:
    return SimpleNamespace(name="web-1", python=lambda program, *, timeout: answer)


def test_the_answer_is_typed():
    good = {"plain": True, "owner": 0, "mode": 0o644, "text": "x"}

    assert attendance.read_attendance(answering("null")) is None
    assert attendance.read_attendance(answering(json.dumps(good))) == Attendance(**good)


@pytest.mark.parametrize(
    "answer", ["", "[]", "{}", '{"plain": true, "owner": -1, "mode": 0}', '{"plain": true}', "9" * 5000, "[" * 100_000]
)
def test_an_answer_that_makes_no_sense(answer):
    with pytest.raises(RunError, match="makes no sense"):
        attendance.read_attendance(answering(answer))


def test_the_program_that_is_sent_runs_on_its_own():
    sent: list[str] = []

    def python(program: str, *, timeout: int) -> str:
        assert timeout
        sent.append(program)
        return "null"

    way: Any = SimpleNamespace(name="web-1", python=python)
    attendance.read_attendance(way)

    compile(sent[0], "program", "exec")
    assert sent[0].rstrip().endswith("look('/run/koor-provision-attendance', 200)))")
