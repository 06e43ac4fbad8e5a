"""Completion as shells do it: they ask the program by its environment, and read what they ask with from a file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "import sys; from koor_provision.cli.main import _run; sys.argv[0] = 'koor-provision'; code = _run(); "


def ask(*words: str) -> tuple[dict[str, str], set[str]]:
    """What a shell is offered for the last word, and what was imported for it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + "print(*sys.modules, file=sys.stderr); sys.exit(code)"],
        env={
            **os.environ,
            "_KOOR_PROVISION_COMPLETE": "fish_complete",
            "COMP_WORDS": " ".join(["koor-provision", *words[:-1]]),
            "COMP_CWORD": words[-1],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    offered = [line.split(",", 1)[1].partition("\t") for line in done.stdout.splitlines()]
    return {name: line for name, _, line in offered}, set(done.stderr.split())


def test_commands_are_offered_without_importing_any():
    offered, imported = ask("")

    assert {"check", "case", "explain", "install"} <= set(offered)
    assert offered["check"] == "Judge cases without touching any server."
    assert not {name for name in imported if name.startswith(("koor_provision.load", "pydantic"))}


def test_a_word_that_was_begun():
    assert set(ask("ch")[0]) == {"check", "checklist"}
    assert set(ask("--v")[0]) == {"--version"}


def test_commands_of_a_group():
    assert {"new", "status"} <= set(ask("case", "")[0])
    assert set(ask("case", "st")[0]) == {"status"}


def test_options_and_choices_of_a_lazy_command():
    assert "--format" in ask("check", "--f")[0]
    assert set(ask("check", "--format", "")[0]) == {"text", "json", "junit", "sarif"}


def test_rules():
    offered, _ = ask("explain", "R4")

    assert set(offered) == {"R4a", "R4b"}
    assert "approved by somebody entitled" in offered["R4b"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_a_shell_reads(koor, shell, monkeypatch):
    answer = koor("completion", shell)
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")

    assert f"_KOOR_PROVISION_COMPLETE={shell}_complete" in answer.out
    assert koor("completion") == answer
    if program := shutil.which(shell):
        assert subprocess.run([program, "-n"], input=answer.out, text=True, check=False).returncode == 0


def test_bash_really_completes(koor, tmp_path):
    (tmp_path / "koor-provision").write_text(f"#!{sys.executable}\n{PROGRAM}sys.exit(code)\n")
    (tmp_path / "koor-provision").chmod(0o755)
    # nosort is an option of interactive shells' completion only from bash 4.4 on: whatever it is, it needs no terminal.
    script = koor("completion", "bash").out + (
        "COMP_WORDS=(koor-provision exp); COMP_CWORD=1; _koor_provision_completion koor-provision; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script], env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.split() == ["explain"], done.stderr


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", "data/bash-completion/completions/koor-provision"),
        ("zsh", "data/zsh/site-functions/_koor-provision"),
        ("fish", "config/fish/completions/koor-provision.fish"),
    ],
)
def test_it_is_put_where_the_shell_looks(koor, tmp_path: Path, monkeypatch, shell, file):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    answer = koor("completion", shell, "--install")

    assert answer.code == 0
    assert str(tmp_path / file) in answer.out
    assert (tmp_path / file).read_text() == koor("completion", shell).out.removesuffix("\n")


def test_a_shell_that_is_not_known(koor, tmp_path, monkeypatch):
    monkeypatch.setenv("SHELL", "/usr/bin/tcsh")
    assert koor("completion").code == 2
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    assert koor("completion", "bash", "--install").code == 2
