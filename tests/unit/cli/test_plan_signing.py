import subprocess

import pytest
from tests.conftest import Sample

from koor_provision.cli import plan_signing
from koor_provision.errors import InputError
from koor_provision.trust.keyring import Holder, Keyring
from koor_provision.trust.keys import fingerprint


@pytest.fixture
def agent(monkeypatch):
    def holds(*lines: str) -> None:
        monkeypatch.setattr(
            subprocess,
            "run",
            lambda *_, **__: subprocess.CompletedProcess([], 0, "".join(f"{line}\n" for line in lines)),
        )

    return holds


OTHERS = (
    "The agent has no identities.",
    "",
    "ssh-dss AAAAB3NzaC1kc3MAAAAA old",
    "ssh-ed25519-cert-v01@openssh.com AAAA x",
)


def test_the_agents_key_of_the_engineer_is_found_among_others(agent, sample: Sample):
    keys = {person: sample.public_key(person) for person in ("hocs", "engineer-senior")}
    keyring = Keyring({fingerprint(key): Holder(person, frozenset()) for person, key in keys.items()})
    agent(*OTHERS, f"{keys['hocs']} me", f"{keys['engineer-senior']} laptop")

    assert plan_signing._agent_key("engineer-senior", keyring) == keys["engineer-senior"]


def test_an_agent_without_it(agent):
    agent(*OTHERS)

    with pytest.raises(InputError, match="no key of engineer-senior to sign the plan with"):
        plan_signing._agent_key("engineer-senior", Keyring())
