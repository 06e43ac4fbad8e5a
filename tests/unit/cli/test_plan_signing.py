import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from tests.conftest import Sample
from tests.world import World

from koor_provision.cli import plan_signing
from koor_provision.errors import InputError, RefusedError
from koor_provision.load.company import load_company
from koor_provision.load.plan import plan_bytes
from koor_provision.trust import sshsig
from koor_provision.trust.keyring import Holder, Keyring
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.signer import signer
from koor_provision.trust.signing import sign


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

    with pytest.raises(InputError, match="no key of engineer-senior to sign with"):
        plan_signing._agent_key("engineer-senior", Keyring())


@dataclass(frozen=True)
class Signing:
    """A plan that the engineer of the sample signs."""

    data: bytes
    keyring: Keyring
    sample: Sample

    def block(self, person: str, data: bytes = b"") -> bytes:
        return sign(data or self.data, self.sample.key(person), "plan@koor-provision")

    def result(self, earlier: bytes, person: str = "engineer-senior") -> tuple[bytes, frozenset[str]]:
        with signer(self.sample.key(person), self.sample.root) as key:
            return plan_signing.sign_plan(self.data, earlier, "engineer-senior", key, self.keyring)


@pytest.fixture
def signing(world: World, sample: Sample) -> Signing:
    _, keyring = load_company(sample.company, sample.remembered, datetime.now(UTC).date())
    return Signing(plan_bytes(world.proposal().plan), keyring, sample)


def keys(signatures: bytes) -> list[str]:
    return [claim.key for claim in sshsig.parse(signatures, "plan.yml.sig")]


def test_the_engineer_signs_once(signing: Signing):
    signatures, signers = signing.result(b"")

    assert signers == {"engineer-senior"}
    assert signing.result(signatures)[0] == signatures


def test_the_key_that_will_sign_the_evidence_stands_on_the_plan_too(signing: Signing):
    """Signed on another machine before, with another key of theirs."""
    other = signing.sample.new_key("other")
    holder = signing.keyring.holders[fingerprint(signing.sample.public_key("engineer-senior"))]
    both = Keyring({**signing.keyring.holders, fingerprint(other): holder})

    signatures, signers = replace(signing, keyring=both).result(signing.block("other"))

    assert keys(signatures) == [other, signing.sample.public_key("engineer-senior")]
    assert signers == {"engineer-senior"}


def test_signatures_that_do_not_hold_stay_out_of_the_evidence(signing: Signing):
    stale = signing.block("customer-it", b"an earlier text")
    good = signing.block("customer-it").rstrip(b"\n")

    signatures, _ = signing.result(stale + good)

    assert keys(signatures) == [signing.sample.public_key(name) for name in ("customer-it", "engineer-senior")]
    assert signatures.count(b"-----END SSH SIGNATURE-----\n") == 2


def test_an_engineer_who_may_not_sign_evidence_hears_it_before_the_run(signing: Signing):
    holders = {
        key: holder._replace(namespaces=holder.namespaces - {"evidence@koor-provision"})
        for key, holder in signing.keyring.holders.items()
    }

    with pytest.raises(RefusedError, match="engineer-senior may not sign the evidence of a run") as error:
        replace(signing, keyring=Keyring(holders)).result(b"")
    assert error.value.where == "company/allowed_signers"


def test_a_strangers_key_signs_and_counts_for_nothing(signing: Signing):
    assert signing.result(b"", "customer-it")[1] == frozenset()
