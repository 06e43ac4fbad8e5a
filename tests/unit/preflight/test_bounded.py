"""A command whose answer is anybody's is bounded."""

import subprocess

import pytest

from koor_provision.preflight import bounded


def test_answer_and_exit_code() -> None:
    assert bounded.run(["sh", "-c", "cat; echo no >&2; exit 3"], b"hello", 10) == bounded.Answer(3, b"hello", b"no\n")


def test_command_that_does_not_read_its_input() -> None:
    assert bounded.run(["true"], b"x" * 10_000_000, 10).code == 0


@pytest.mark.parametrize("stream", ["", " >&2"])
def test_endless_answer_is_cut_off(stream: str) -> None:
    with pytest.raises(bounded.TooLongError):
        bounded.run(["sh", "-c", f"yes{stream}"], b"", 60)


def test_silence_is_given_up() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        bounded.run(["sleep", "30"], b"", 1)
