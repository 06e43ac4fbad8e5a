"""`koor-provision roles test`: what it would run, and what it refuses."""

import pytest


def test_it_says_what_it_would_run(koor):
    answer = koor("roles", "test", "--role", "nginx", "--system", "debian13", "--list")

    assert answer.code == 0
    assert answer.out.splitlines() == [
        "scope lint, ansible-lint, argument specs: nginx",
        "molecule: nginx on debian13",
    ]


def test_a_scenario_can_be_left_out(koor):
    assert "stack" not in koor("roles", "test", "--without", "stack", "--list").out


@pytest.mark.parametrize(
    "arguments",
    [("--role", "ngnix"), ("--system", "debian7"), ("--without", "stak"), ("--changed-since", "no-such-revision")],
)
def test_what_is_not_there_is_bad_input(koor, arguments):
    answer = koor("roles", "test", "--list", *arguments)

    assert answer.code == 2
    assert "to do:" in answer.err
