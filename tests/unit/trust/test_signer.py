"""A key that signs twice asks for its passphrase once, and is forgotten afterwards."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from koor_provision.errors import InputError
from koor_provision.provision.runner import foreign
from koor_provision.trust import sshsig
from koor_provision.trust.signer import signer
from koor_provision.trust.verify import verify

WORD = "correct horse"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """OpenSSH asks a program instead of a terminal; each question is a line of this file."""
    program, questions = tmp_path / "askpass", tmp_path / "questions"
    program.write_text(f'#!/bin/sh\necho "$1" >> {questions}\nprintf "%s\\n" "$KOOR_TEST_WORD"\n')
    program.chmod(0o700)
    questions.touch()
    for name, value in {"SSH_ASKPASS": str(program), "SSH_ASKPASS_REQUIRE": "force", "KOOR_TEST_WORD": WORD}.items():
        monkeypatch.setenv(name, value)
    return questions


def make(folder: Path, word: str, *options: str) -> Path:
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-N", word, *(options or ("-t", "ed25519")), "-f", key], check=True)
    return key


def signs(key: Path, folder: Path) -> None:
    with signer(key, folder) as ready:
        for data, namespace in ((b"before", "plan@koor-provision"), (b"after", "evidence@koor-provision")):
            (claim,) = sshsig.parse(ready.sign(data, namespace), "test.sig")
            assert verify(data, claim, namespace)
            assert claim.key == ready.public


@pytest.mark.parametrize("options", [("-t", "ed25519"), ("-t", "ecdsa"), ("-t", "rsa", "-b", "2048")])
def test_a_passphrase_is_asked_for_once(tmp_path: Path, asked: Path, options: tuple[str, ...]):
    signs(make(tmp_path, WORD, *options), tmp_path)

    assert len(asked.read_text().splitlines()) == 1


def test_without_its_public_half_beside_it(tmp_path: Path, asked: Path):
    key = make(tmp_path, WORD)
    key.with_suffix(".pub").unlink()
    signs(key, tmp_path)

    assert len(asked.read_text().splitlines()) == 1


def test_a_key_without_one_needs_no_agent(tmp_path: Path, asked: Path):
    signs(make(tmp_path, ""), tmp_path)

    assert not asked.read_text()


def test_the_public_half_beside_it_is_another_ones(tmp_path: Path):
    """OpenSSH says so with the first signature, which is the one before the run."""
    (tmp_path / "other").mkdir()
    key, other = make(tmp_path, ""), make(tmp_path / "other", "")
    key.with_suffix(".pub").write_bytes(other.with_suffix(".pub").read_bytes())

    with pytest.raises(InputError, match="doesn't match private"):
        signs(key, tmp_path)


def test_a_wrong_word(tmp_path: Path, asked: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KOOR_TEST_WORD", "")
    with pytest.raises(InputError, match="it was not unlocked"), signer(make(tmp_path, WORD), tmp_path):
        pass


def test_what_is_no_key(tmp_path: Path):
    (tmp_path / "key").write_text("nonsense")
    for name in ("key", "missing"):
        with pytest.raises(InputError), signer(tmp_path / name, tmp_path):
            pass


def test_the_agent_is_nobody_elses_and_ends(tmp_path: Path, asked: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with signer(make(tmp_path, WORD), tmp_path):
        socket = tmp_path / "ssh-agent"
        assert socket.stat().st_mode & 0o077 == 0
        assert "SSH_AUTH_SOCK" not in os.environ
        assert agent_answers(socket)
    assert not agent_answers(socket)


def test_the_run_does_not_take_it_for_something_foreign(tmp_path: Path, asked: Path):
    """It refuses a private directory that holds what it does not know."""
    private = tmp_path / "private"
    private.mkdir()
    with signer(make(tmp_path, WORD), private):
        assert len(list(private.iterdir())) == 1
        assert foreign(private) == []
    (private / "args").touch()
    assert foreign(private) == ["args"]


def test_it_ends_with_us_however_we_end(tmp_path: Path, asked: Path):
    """The agent looks every ten seconds whether the program lives that it was started with; that one ends at once."""
    code = (
        "import sys, os; from pathlib import Path; from koor_provision.trust.signer import signer\n"
        "with signer(Path(sys.argv[1]), Path(sys.argv[2])): print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, make(tmp_path, WORD), tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        kept = children(process.pid)
        process.kill()
    assert kept
    for pid in kept:  # an orphan that reads from us: it is at the end of that
        assert ended(pid)


def children(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def ended(pid: int) -> bool:
    """Wait for a process that is not ours to wait for."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    import select  # noqa: PLC0415

    try:
        return bool(select.select([descriptor], [], [], 30)[0])
    finally:
        os.close(descriptor)


def agent_answers(socket: Path) -> bool:
    environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
    return subprocess.run(["ssh-add", "-l"], env=environment, capture_output=True, check=False).returncode == 0
