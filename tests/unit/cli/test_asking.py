"""Asking at a terminal: only what is missing, again where an answer makes no sense."""

from collections.abc import Iterator

import click
import pytest

from koor_provision.cli.asking import ask_missing
from koor_provision.validation.answers import Answer, asked, missing


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What somebody types, one line after the other; the test fills it."""
    lines: list[str] = []
    left: Iterator[str] = iter(lines)
    monkeypatch.setattr(click, "prompt", lambda text, err: next(left))
    monkeypatch.setattr(click, "confirm", lambda text, err: next(left) == "y")
    return lines


def test_only_what_is_missing_is_asked(typed, capsys):
    typed += ["No ticket was opened."]
    given = {
        "further_changes_needed": Answer(result="None.", evidence="seen"),
        "production_problems": Answer(result="None known."),
    }
    found = ask_missing(given, "update")

    assert found["production_problems"] == Answer(result="None known.", evidence="No ticket was opened.")
    assert found["further_changes_needed"] == given["further_changes_needed"]
    assert "1/1 Were there problems" in click.unstyle(capsys.readouterr().err)


def test_what_says_nothing_is_asked_again(typed, capsys):
    typed += ["...", "seen", "None.", "seen", "None known.", "no ticket"]
    found = ask_missing({}, "update")

    assert found["further_changes_needed"].result == "None."
    assert "says nothing" in capsys.readouterr().err


def test_rows_that_are_judged_are_asked_whether_they_passed(typed):
    for name in asked("new"):
        typed.extend(["Yes.", "seen", *(["y"] if name in {"integration_possible", "data_protection"} else [])])
    found = ask_missing({}, "new")

    assert missing(found, "new") == ()
    assert found["data_protection"].passed is True


def test_nothing_is_said_where_nothing_is_missing(typed, capsys):
    given = {name: Answer(result="None.", evidence="seen") for name in asked("update")}

    assert ask_missing(given, "update") == given
    assert capsys.readouterr().err == ""
