"""Signing with a real SSH agent, whose private key is in no file."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from koor_provision.errors import InputError
from koor_provision.trust import agent, sshsig
from koor_provision.trust.signing import sign


@pytest.fixture
def ssh_agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    started = subprocess.check_output(["ssh-agent", "-s"], text=True)
    for name, value in re.findall(r"(SSH_\w+)=([^;]+);", started):
        monkeypatch.setenv(name, value)
    yield
    subprocess.run(["ssh-agent", "-k"], env={**os.environ}, check=True, capture_output=True)


def add_key(folder: Path, name: str) -> str:
    file = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a comment", "-f", file], check=True)
    subprocess.run(["ssh-add", "-q", file], check=True)
    file.unlink()
    return " ".join(file.with_suffix(".pub").read_text().split()[:2])


def test_agents_only_key_signs(ssh_agent: None, tmp_path: Path) -> None:
    key = add_key(tmp_path, "one")
    assert agent.only_agent_key() == key
    (claim,) = sshsig.parse(sign(b"data", key, "offer@koor-provision"), "sig")
    assert (claim.key, claim.namespace) == (key, "offer@koor-provision")


def test_public_file_of_a_key_in_the_agent_signs(ssh_agent: None, tmp_path: Path) -> None:
    key = add_key(tmp_path, "one")
    assert sshsig.parse(sign(b"data", tmp_path / "one.pub", "offer@koor-provision"), "sig")[0].key == key


def test_several_keys_must_be_told_apart(ssh_agent: None, tmp_path: Path) -> None:
    keys = {add_key(tmp_path, "one"), add_key(tmp_path, "two")}
    assert set(agent.agent_keys()) == keys
    with pytest.raises(InputError, match="holds 2 keys"):
        agent.only_agent_key()


def test_empty_agent_and_no_agent(ssh_agent: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert agent.agent_keys() == []
    monkeypatch.delenv("SSH_AUTH_SOCK")
    assert agent.agent_keys() == []
    with pytest.raises(InputError, match="no key to sign with"):
        agent.only_agent_key()
