import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from koor_provision import __version__
from koor_provision.cli import main
from koor_provision.errors import Exit, InputError, RefusedError, RunError

HEAVY = {
    "ansible",
    "ansible_runner",
    "ansible_mitogen",
    "testinfra",
    "pytest",
    "rich",
    "jinja2",
    "debian",
    "subprocess",
    "dkim",
    "dns",
}


RUN = [sys.executable, "-c", "from koor_provision.cli.main import run; run()"]


def test_a_disk_that_is_full_is_no_bug():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*RUN, "--version"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == Exit.BAD_INPUT
    assert "error: the output cannot be written: no space left there" in done.stderr


def test_letters_that_the_terminal_does_not_have_are_spelled_out(tmp_path):
    (tmp_path / "case-\U0001f35e").mkdir()

    done = subprocess.run(
        [*RUN, "check", tmp_path / "case-\U0001f35e"],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "latin-1", "HOME": str(tmp_path), "PATH": os.environ["PATH"]},
    )

    assert done.returncode == Exit.BAD_INPUT
    assert b"case-\\U0001f35e" in done.stdout + done.stderr


@pytest.fixture
def fails(monkeypatch, capsys):
    def run(error: BaseException):
        def broken(**_: object) -> None:
            raise error

        monkeypatch.delenv("KOOR_PROVISION_DEBUG", raising=False)
        monkeypatch.setattr(main, "main", broken)
        return main._run(), capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("bad", where="a.yml", hint="fix it"), Exit.BAD_INPUT, "error: a.yml: bad\n  to do: fix it\n"),
        (RefusedError("no"), Exit.REFUSED, "error: no\n"),
        (RunError("down", where="web-1"), Exit.FAILED, "error: web-1: down\n"),
        (KeyboardInterrupt(), 130, "\nstopped; nothing more is done\n"),
        (click.exceptions.Abort(), 130, "\nstopped; nothing more is done\n"),
        (ZeroDivisionError("secret"), Exit.BUG, "bug: ZeroDivisionError in koor-provision itself\n"),
    ],
)
def test_every_error_is_one_message_and_its_own_code(fails, error, code, said):
    assert fails(error)[0] == code
    assert fails(error)[1].err.startswith(said)
    assert "secret" not in fails(error)[1].err
    assert not fails(error)[1].out


@pytest.mark.parametrize(
    "arguments", [["check"], ["nonsense"], ["check", "x", "--format", "xml"], ["sign"], ["--nonsense"]]
)
def test_wrong_usage_is_bad_input(koor, arguments):
    answer = koor(*arguments)

    assert answer.code == Exit.BAD_INPUT
    assert "Usage" in answer.err


def test_help_and_version(koor):
    assert koor("--version").out.strip().endswith(__version__)
    for command in main.COMMANDS:
        assert command in koor("--help").out
    for command in ("check", "sign", "sample", "install", "remove"):
        assert "Usage" in koor(command, "--help").out


def test_a_reader_who_has_seen_enough():
    """Not 1, which would say that the gate refuses."""
    code = "import sys; from koor_provision.cli.main import _run; sys.argv = ['k', '--help']; sys.exit(_run())"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert not process.stderr.read()
    assert process.returncode == 141


def test_check_starts_without_anything_heavy(sample):
    code = (
        "import sys; from koor_provision.cli.main import _run; "
        f"sys.argv = ['koor-provision', 'check', {str(sample.case)!r}]; code = _run(); "
        "print(*sys.modules, *(name.split('.')[0] for name in sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    loaded = set(done.stderr.split())
    assert done.returncode == 0, done.stderr
    assert "pydantic" in loaded
    assert not loaded & HEAVY
    assert not loaded & {"koor_provision.models.plan", "koor_provision.models.facts", "koor_provision.models.undo"}


@pytest.mark.parametrize("words", [("verify", ""), ("check", ""), ("check", "x", "--company", "")])
def test_an_empty_path_is_not_the_folder_that_one_is_in(words):
    done = subprocess.run([*RUN, *words], capture_output=True, text=True, check=False)

    assert done.returncode == Exit.BAD_INPUT
    assert "is empty" in done.stderr
