from datetime import UTC, datetime

import pytest
from tests.conftest import Sample
from tests.world import SCOPES

from koor_provision.errors import InputError
from koor_provision.load.case import load_case
from koor_provision.load.company import load_company

NOW = datetime.now(UTC)


def load(sample: Sample, engineer: str | None = None):
    company, keyring = load_company(sample.company, sample.remembered, NOW.date())
    return load_case(sample.case, company, keyring, SCOPES, engineer=engineer, now=NOW)


def test_the_sample(sample: Sample):
    case, keyring = load(sample)

    assert case.name == "default-offer"
    assert case.engineer == "engineer-senior"
    assert case.agreement.signers == {"customer-authorised", "sales-manager", "hocs"}
    assert case.offer.signers == {"team-leader"}
    assert case.acceptance.signers == case.targets.signers == {"customer-authorised"}
    assert case.confirmation.signers == {"sales-manager"}
    assert {"customer-authorised", "customer-it"} < {holder.person for holder in keyring.holders.values()}
    assert set(case.inputs) > {"agreement.yml", "offer.yml", "acceptance.yml", "confirmation.yml", "targets.yml"}
    assert load(sample, "hocs")[0].engineer == "hocs"


@pytest.mark.parametrize(
    "document", ["agreement.yml", "offer.yml", "acceptance.yml", "confirmation.yml", "targets.yml"]
)
def test_a_changed_document_has_no_signer_and_says_so(sample: Sample, document):
    sample.edit(document, "\n", "\n# note\n")

    case, _ = load(sample)

    signed = getattr(case, document.removesuffix(".yml"))
    assert signed.signers == frozenset()
    assert any("was changed after" in reason for reason in signed.rejected)


@pytest.mark.parametrize("key", ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA", "ssh-dss AAAAB3NzaC1kc3MAAAAA"])
def test_a_host_key_must_be_a_whole_one(sample: Sample, key):
    sample.edit(
        "targets.yml",
        "    environment: default-image",
        f"    environment: default-image\n    ssh_host_key: {key}",
        "customer-it",
    )

    with pytest.raises(InputError, match=r"targets\.yml, hosts, web-1: the ssh_host_key is damaged"):
        load(sample)


def test_a_host_key(sample: Sample):
    key = sample.public_key("cto")
    sample.edit(
        "targets.yml",
        "    environment: default-image",
        f"    environment: default-image\n    ssh_host_key: {key}",
        "customer-it",
    )

    assert load(sample)[0].targets.content.hosts[0].ssh_host_key == key
