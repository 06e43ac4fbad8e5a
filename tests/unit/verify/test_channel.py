"""One connection carries all commands of a verification; what comes back is bounded and belongs to its command."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from koor_provision.preflight.bounded import Answer, TooLongError
from koor_provision.verify import channel
from koor_provision.verify.channel import Channel


@pytest.fixture
def way() -> list[str]:
    return []


@pytest.fixture
def here(way: list[str]) -> Iterator[Channel]:
    with closing(Channel(way)) as opened:
        yield opened


@contextmanager
def lying(tmp_path: Path, text: str) -> Iterator[Channel]:
    """A target whose Python says something else."""
    program = tmp_path / "python3"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stdin.readline()\n{text}\n", encoding="ascii")
    program.chmod(0o755)
    with closing(Channel(["env", f"PATH={tmp_path}"])) as opened:
        yield opened


def test_each_command_has_its_own_answer(here: Channel) -> None:
    assert here.run("echo one; echo two >&2; exit 3") == Answer(3, b"one\n", b"two\n")
    assert here.run("printf '\\377\\0'").out == b"\xff\0"
    assert here.run("cat") == Answer(0, b"", b""), "no command may read what is meant for the next one"


def test_all_commands_share_one_connection(here: Channel) -> None:
    assert here.run("echo $PPID").out == here.run("echo $PPID").out


def test_quotes_reach_the_shell_as_they_are(here: Channel) -> None:
    text = 'it\'s "$HOME" `id` \\ *'
    assert here.run(f"printf %s {shlex.quote(text)}").out == text.encode()


def test_command_that_hangs_is_ended(here: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "COMMAND_SECONDS", 1)
    assert here.run("sleep 60").code == 124
    assert here.run("echo still here").out == b"still here\n"


@pytest.mark.parametrize("way", [["false"]])
def test_a_target_that_is_gone_is_told_of_each_time(here: Channel) -> None:
    for _ in range(2):
        with pytest.raises(ConnectionError, match="gone"):
            here.run("true")


@pytest.mark.parametrize("said", ["nonsense", "[1]", '[0, "%", ""]', '["x", "", ""]', "{}"])
def test_answer_that_makes_no_sense_ends_it(tmp_path: Path, said: str) -> None:
    with lying(tmp_path, f"print({said!r}, flush=True); sys.stdin.read()") as strange:
        with pytest.raises(ConnectionError, match="no sense"):
            strange.run("true")
        with pytest.raises(ConnectionError, match="gone"):
            strange.run("true")


def test_more_than_anybody_asked_for_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_MOST", 1000)
    with lying(tmp_path, "while True: sys.stdout.write('x' * 1000)") as endless, pytest.raises(TooLongError):
        endless.run("true")
