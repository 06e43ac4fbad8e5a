import sys

import pytest

from koor_provision.errors import RunError
from koor_provision.images.boot.console import Console

SHELL = ["sh", "-c", "exec sh"]


@pytest.fixture
def console():
    made: list[Console] = []

    def start(*command: str) -> Console:
        made.append(Console(command, "test"))
        return made[-1]

    yield start
    for one in made:
        one.kill()


def test_waiting_returns_what_was_found(console):
    said = console("sh", "-c", "echo first; printf 'login: '; cat")
    assert said.wait_for(r"^(\w+)$", 30)[1] == "first"
    assert said.wait_for(r"login: ?$", 30)


def test_what_was_said_before_does_not_count(console):
    said = console("sh", "-c", "echo ready; read x; echo ready again; cat")
    said.wait_for("ready", 30)
    place = said.type("go")
    assert said.wait_for("ready (again)", 30, place)[1] == "again"


def test_a_machine_that_goes_away_is_told_at_once_with_what_it_said_last(console):
    said = console("sh", "-c", "echo panic")
    with pytest.raises(RunError, match="the machine went away") as caught:
        said.wait_for("login:", 3600)
    assert "panic" in caught.value.hint


def test_colours_and_movements_of_the_cursor_are_left_out(console):
    said = console("sh", "-c", r"printf '\033[1;32mgreen\033[0m\r\n\033[?2004h$ '; cat")
    said.wait_for(r"^\$ ?$", 30)
    assert said.log == "green\n$ "


def test_a_command_in_a_shell_gives_its_output(console):
    assert console(*SHELL).run("echo one; echo two >&2", 30) == "one\ntwo"


def test_a_command_of_several_lines_and_one_without_output(console):
    shell = console(*SHELL)
    assert shell.run("x='1\n2'\necho \"$x\"", 30) == "1\n2"
    assert not shell.run("true", 30)


def test_a_command_that_fails_is_told_with_what_it_said(console):
    with pytest.raises(RunError, match=r"failed: ls: .*no-such-file"):
        console(*SHELL).run("ls /no-such-file", 30)


def test_a_process_that_ends_ends(console):
    console(sys.executable, "-c", "pass").wait_for_end(30)
