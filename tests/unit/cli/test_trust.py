"""`koor-provision trust`: a person compares, the machine remembers; a new key takes the old one, or a person again."""

import pytest
from tests.conftest import Sample

from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.memory.anchors import anchors
from koor_provision.memory.places import anchors_file
from koor_provision.trust.keys import fingerprint


@pytest.fixture
def company(sample: Sample) -> Sample:
    """As a company that this machine does not know."""
    anchors_file().unlink()
    return sample


@pytest.fixture
def terminal(monkeypatch):
    """Somebody sits there and answers."""

    def answers(word: bool) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("click.confirm", lambda *_, **__: word or (_ for _ in ()).throw(KeyboardInterrupt))

    return answers


def mark(sample: Sample, person: str = "cto") -> str:
    return fingerprint(sample.public_key(person))


def with_second_key(sample: Sample, *signers: str) -> str:
    """The CTO gets another key, which both registers name; returns its fingerprint."""
    second = sample.new_key("second")
    sample.edit("staff.yml", f'["{mark(sample)}"]', f'["{mark(sample)}", "{fingerprint(second)}"]')
    sample.edit("staff.yml", "version: 1\n", "version: 2\n", "hocs")
    sample.edit("allowed_signers", "\nhocs ", f'\ncto namespaces="allowed-signers@koor-provision" {second}\nhocs ')
    sample.edit("allowed_signers", "version: 1\n", "version: 2\n", *signers)
    return fingerprint(second)


def test_what_is_trusted_is_shown_confirmed_and_on_record(koor, company: Sample, terminal):
    terminal(True)

    answer = koor("trust", company.company)

    assert answer.code == 0
    assert f"CTO's key  {mark(company)}" in answer.out
    assert "versions   allowed-signers 1, approved-software 1, revocations 1, staff 1" in answer.out
    anchor = anchors().company
    assert anchor
    assert anchor.keys == (mark(company),)
    (receipt,) = Ledger(ledger_path()).receipts()
    assert (receipt["event"], receipt["keys"]) == ("trust", [mark(company)])
    assert koor("check", company.case).code == 0
    assert anchors_file().stat().st_mode & 0o777 == 0o600


def test_without_a_yes_nothing_is_trusted(koor, company: Sample, terminal):
    terminal(False)

    assert koor("trust", company.company).code == 130
    assert anchors().company is None
    assert not ledger_path().exists()


def test_nobody_is_asked_where_nobody_sits(koor, company: Sample):
    answer = koor("trust", company.company)

    assert answer.code == 2
    assert "--fingerprint SHA256:..." in answer.err
    assert anchors().company is None


def test_another_fingerprint_than_the_folders(koor, company: Sample):
    answer = koor("trust", company.company, "--fingerprint", mark(company, "hocs"))

    assert answer.code == 1
    assert f"the CTO's key there is {mark(company)}, not {mark(company, 'hocs')}" in answer.err
    assert "do not trust this folder" in answer.err


def test_once_is_enough(koor, company: Sample):
    for expected in ("trusted from now on", "trusted already"):
        assert expected in koor("trust", company.company, "--fingerprint", mark(company)).out
    assert len(Ledger(ledger_path()).receipts()) == 1


def test_a_folder_that_does_not_hold_by_itself(koor, company: Sample):
    company.sign("allowed_signers", "hocs")

    answer = koor("trust", company.company)

    assert answer.code == 1
    assert "not signed by the CTO whom the staff register names" in answer.err


def test_a_samples_own_folder_is_no_company(koor, sample: Sample):
    answer = koor("trust", sample.company)

    assert answer.code == 1
    assert "is a sample, whose keys lie beside it" in answer.err


class TestNewKey:
    def test_one_that_the_old_one_vouches_for(self, koor, company: Sample):
        koor("trust", company.company, "--fingerprint", mark(company))
        before = anchors().company
        second = with_second_key(company, "cto", "second")

        assert koor("check", company.case).code == 0
        assert koor("trust", company.company, "--fingerprint", second).code == 0

        after = anchors().company
        assert before
        assert after
        assert after.keys == (second,)
        assert after.memory == before.memory
        company.sign("allowed_signers", "second")
        assert koor("check", company.case).code == 0
        company.sign("allowed_signers", "cto")
        assert koor("check", company.case).code == 1

    def test_one_that_it_does_not_vouch_for(self, koor, company: Sample):
        koor("trust", company.company, "--fingerprint", mark(company))
        second = with_second_key(company, "second")

        answer = koor("trust", company.company, "--fingerprint", second)

        assert answer.code == 1
        assert "not signed with the CTO's key that this machine trusts" in answer.err
        assert koor("trust", company.company, "--fingerprint", second, "--replace").code == 0
        assert koor("check", company.case).code == 0
        assert [receipt["keys"] for receipt in Ledger(ledger_path()).receipts()] == [[mark(company)], [second]]

    def test_both(self, koor, company: Sample):
        second = with_second_key(company, "cto", "second")
        told = [option for key in (mark(company), second) for option in ("--fingerprint", key)]

        assert koor("trust", company.company, *told).code == 0

        for signer in ("cto", "second"):
            company.sign("allowed_signers", signer)
            assert koor("check", company.case).code == 0


def test_a_lost_anchor_is_remembered_by_the_ledger(koor, company: Sample):
    koor("trust", company.company, "--fingerprint", mark(company))
    anchors_file().unlink()

    answer = koor("trust", company.company, "--fingerprint", mark(company))

    assert answer.code == 1
    assert "the ledger says that this machine trusted a company before" in answer.err
    assert koor("trust", company.company, "--fingerprint", mark(company), "--replace").code == 0


def test_samples_that_are_gone_are_forgotten(koor, tmp_path):
    koor("sample", tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "elsewhere")

    koor("sample", tmp_path / "two")

    assert list(anchors().samples) == [str(tmp_path / "two" / "company")]
