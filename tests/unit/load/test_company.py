from datetime import UTC, date, datetime, timedelta

import pytest
from tests.conftest import Sample

from koor_provision.errors import InputError, RefusedError
from koor_provision.load.company import INSTALL_CHECKLIST, load_company
from koor_provision.models.remembered import Remembered

TODAY = datetime.now(UTC).date()


def load(sample: Sample, today: date = TODAY):
    return load_company(sample.company, sample.remembered, today)


def test_the_sample(sample: Sample):
    company, keyring = load(sample)

    assert {holder.person for holder in keyring.holders.values()} == {
        "cto", "hocs", "team-leader", "engineer-senior", "engineer-junior", "sales-manager",
    }  # fmt: skip
    assert company.staff.signers == {"hocs"}
    assert company.software.signers == {"cto"}
    assert set(company.inputs) == {
        f"company/{name}"
        for name in (
            "allowed_signers", "staff.yml", "revocations.yml", "policy.yml", "approved_software.yml", INSTALL_CHECKLIST,
            *company.records,
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    ("document", "signer", "problem"),
    [
        ("allowed_signers", "hocs", r"company/allowed_signers: not signed by the CTO; hocs may not sign"),
        ("allowed_signers", "customer-authorised", r"allowed_signers: not signed by the CTO; nobody known holds"),
        ("staff.yml", "engineer-senior", r"staff\.yml: not signed by the CTO or HOCS"),
        ("policy.yml", "sales-manager", r"policy\.yml: not signed by the CTO or HOCS"),
        ("revocations.yml", "sales-manager", r"revocations\.yml: not signed by the CTO or HOCS"),
    ],
)
def test_what_trust_rests_on_must_be_signed_by_whom_it_must(sample: Sample, document, signer, problem):
    sample.sign(document, signer)

    with pytest.raises(RefusedError, match=problem):
        load(sample)


@pytest.mark.parametrize(
    ("document", "signer", "kind"),
    [
        ("allowed_signers", "hocs", "allowed-signers"),
        ("staff.yml", "team-leader", "staff"),
        ("policy.yml", "sales-manager", "policy"),
        ("revocations.yml", "engineer-senior", "revocations"),
    ],
)
def test_it_is_the_position_that_counts_and_not_the_namespace(sample: Sample, document, signer, kind):
    """Somebody whom the list of signers lets sign such a document, and the policy does not."""
    sample.edit("allowed_signers", f'{signer} namespaces="', f'{signer} namespaces="{kind}@koor-provision,', "cto")
    sample.sign(document, signer)

    with pytest.raises(RefusedError, match=rf"company/{document}: not signed by"):
        load(sample)


@pytest.mark.parametrize("document", ["staff.yml", "revocations.yml", "policy.yml"])
def test_the_cto_may_sign_them_too(sample: Sample, document):
    sample.sign(document, "cto")

    assert load(sample)


@pytest.mark.parametrize("document", ["allowed_signers", "staff.yml", "revocations.yml", "policy.yml"])
def test_changed_after_signing(sample: Sample, document):
    sample.edit(document, "\n", "\n# note\n")

    with pytest.raises(RefusedError, match=rf"{document}: not signed by .*the document was changed after"):
        load(sample)


@pytest.mark.parametrize("document", ["staff.yml", "revocations.yml", "policy.yml"])
def test_they_expire(sample: Sample, document):
    old = (TODAY + timedelta(days=365)).isoformat()
    sample.edit(document, f"expires: {old}", f"expires: {TODAY + timedelta(days=9)}", "hocs")

    assert load(sample, TODAY + timedelta(days=8))
    with pytest.raises(RefusedError, match=f"{document}: valid from {TODAY} until before"):
        load(sample, TODAY + timedelta(days=9))


def test_they_are_not_valid_before_they_are_issued(sample: Sample):
    with pytest.raises(RefusedError, match=f"valid from {TODAY}"):
        load(sample, TODAY - timedelta(days=1))


def test_a_key_must_stand_in_both_documents(sample: Sample):
    register = sample.file("staff.yml").read_text()
    mark = register.split("id: engineer-senior")[1].split('keys: ["')[1].split('"')[0]
    sample.edit("staff.yml", f'keys: ["{mark}"]', "keys: []", "hocs")

    _, keyring = load(sample)

    assert mark not in keyring.holders


def test_a_key_that_two_documents_give_to_two_persons_is_nobodys(sample: Sample):
    sample.edit("allowed_signers", "engineer-junior namespaces", "engineer-senior namespaces", "cto")

    _, keyring = load(sample)

    assert "engineer-junior" not in {holder.person for holder in keyring.holders.values()}


def test_who_has_left_signs_nothing(sample: Sample):
    sample.edit("staff.yml", "position: team-leader", f"position: team-leader\n    left: {TODAY}", "hocs")

    _, keyring = load(sample)

    assert "team-leader" not in {holder.person for holder in keyring.holders.values()}


def test_revoked_keys_are_remembered(sample: Sample):
    mark = sample.file("staff.yml").read_text().split('keys: ["')[3].split('"')[0]
    entry = f"keys:\n  - {{fingerprint: '{mark}', revoked: {TODAY}, reason: lost}}"
    sample.edit("revocations.yml", "keys: []", entry, "hocs")

    assert load(sample)[1].revoked == {mark}


@pytest.mark.parametrize("document", ["allowed_signers", "staff.yml", "revocations.yml", "approved_software.yml"])
def test_nothing_may_be_missing(sample: Sample, document):
    sample.file(document).unlink()

    with pytest.raises(InputError, match=f"company/{document}: missing"):
        load(sample)


def test_no_company(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        load_company(tmp_path / "company", Remembered(frozenset()), TODAY)


def test_a_missing_record_is_left_to_r9(sample: Sample):
    before = set(load(sample)[0].records)
    (sample.company / "validations" / "php-update-1.yml").unlink()

    assert before - set(load(sample)[0].records) == {"validations/php-update-1.yml"}


def test_a_record_is_no_link(sample: Sample):
    record = sample.company / "validations" / "php-update-1.yml"
    record.rename(record.with_name("elsewhere.yml"))
    record.symlink_to("elsewhere.yml")

    with pytest.raises(InputError, match=r"php-update-1\.yml: is a symbolic link"):
        load(sample)
