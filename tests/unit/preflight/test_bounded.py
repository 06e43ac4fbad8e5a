"""A command whose answer is anybody's is bounded."""

import subprocess
import time

import pytest

from koor_provision.preflight import bounded


def test_answer_and_exit_code() -> None:
    assert bounded.run(["sh", "-c", "cat; echo no >&2; exit 3"], b"hello", 10) == bounded.Answer(3, b"hello", b"no\n")


def test_command_that_does_not_read_its_input() -> None:
    assert bounded.run(["true"], b"x" * 10_000_000, 10).code == 0


@pytest.mark.parametrize("command", ["yes", "yes >&2", "yes & wait", "yes >&2 & wait"])
def test_endless_answer_is_cut_off_and_not_waited_out(command: str) -> None:
    start = time.monotonic()
    with pytest.raises(bounded.TooLongError):
        bounded.run(["sh", "-c", command], b"", 60)
    assert time.monotonic() - start < 30


def test_silence_is_given_up() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        bounded.run(["sleep", "30"], b"", 1)
