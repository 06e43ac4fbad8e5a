"""Rows of the threats page where somebody wants an exception, or a form, that nobody granted. Real signatures."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from tests.conftest import Sample
from tests.world import DATA

TODAY = datetime.now(UTC).date()


@pytest.fixture
def excepted(sample: Sample) -> Sample:
    """A case with an exception that lets a junior do it."""
    text = (DATA / "exception.yml").read_text(encoding="utf-8")
    text = text.replace("2027-03-09", str(TODAY)).replace("2027-03-12", str(TODAY + timedelta(days=3)))
    text = text.replace("0" * 64, hashlib.sha256((sample.case / "offer.yml").read_bytes()).hexdigest())
    (sample.case / "exception.yml").write_text(text, encoding="utf-8")
    sample.sign("exception.yml", "hocs", "cto")
    return sample


def next_version(sample: Sample, *names: str) -> None:
    """A changed document has the next version: this machine has seen the first one."""
    for name in names:
        sample.edit(name, "version: 1\n", "version: 2\n")


def junior(koor, sample: Sample, *more: str):
    return koor("check", sample.case, "--as", "engineer-junior", *more)


def test_an_exception_is_loud_in_every_format(koor, excepted: Sample):
    text = junior(koor, excepted)
    assert text.code == 0
    assert "default-offer: admitted BY EXCEPTION, R6 BROKEN" in text.out
    assert "R6   !!   BROKEN BY EXCEPTION" in text.out
    data = json.loads(junior(koor, excepted, "--format", "json").out)
    assert data["decision"] == "admitted_by_exception"
    assert [one["rule"] for one in data["findings"] if one["verdict"] == "broken"] == ["R6"]
    assert "exception.yml" in data["inputs"]
    assert 'skipped message="BROKEN BY EXCEPTION' in junior(koor, excepted, "--format", "junit").out
    results = json.loads(junior(koor, excepted, "--format", "sarif").out)["runs"][0]["results"]
    assert [(one["ruleId"], one["level"]) for one in results] == [("R6", "warning")]
    several = koor("check", excepted.case, excepted.root / "cases" / "never-ordered", "--as", "engineer-junior")
    assert "1 BY EXCEPTION" in several.out
    assert "BROKEN BY EXCEPTION" in several.out


class TestForgedOrder:
    def test_an_exception_without_signatures(self, koor, excepted: Sample):
        (excepted.case / "exception.yml.sig").unlink()

        answer = junior(koor, excepted)
        assert answer.code == 2
        assert "the document is unsigned" in answer.err

    def test_an_exception_signed_as_something_else(self, koor, excepted: Sample):
        excepted.sign("exception.yml", "hocs", "cto", namespace="plan@koor-provision")

        answer = junior(koor, excepted)
        assert answer.code == 1
        assert "is for 'plan@koor-provision', not for 'exception@koor-provision'" in answer.out

    def test_an_exception_signed_by_strangers(self, koor, excepted: Sample):
        excepted.new_key("stranger")
        excepted.sign("exception.yml", "stranger", "customer-authorised", "engineer-junior")

        answer = junior(koor, excepted)
        assert answer.code == 1
        assert "engineer-junior may not sign documents of kind 'exception'" in answer.out
        assert "customer-authorised may not sign documents of kind 'exception'" in answer.out

    def test_a_form_of_the_install_checklist_that_the_cto_did_not_sign(self, koor, sample: Sample):
        koor("case", "checklist", sample.case)
        sample.sign("checklist.yml", "engineer-senior")
        assert koor("check", sample.case).code == 0
        sample.sign("install_checklist.yml", "hocs")

        answer = koor("check", sample.case)
        assert answer.code == 1
        assert "the form of the install checklist is not signed by the CTO" in answer.out

    def test_a_checklist_of_a_changed_form(self, koor, sample: Sample):
        koor("case", "checklist", sample.case)
        sample.sign("checklist.yml", "engineer-senior")
        next_version(sample, "install_checklist.yml")
        sample.edit("install_checklist.yml", "limit: 50", "limit: 500", "cto")

        answer = koor("check", sample.case)
        assert answer.code == 1
        assert "the checklist was made from another form than the CTO's" in answer.out


class TestEditedAfterApproval:
    @pytest.mark.parametrize(("old", "new"), [("[R6]", "[R6, R9]"), ("A-2026-0815", "A-2026-0816"), ("ill", "away")])
    def test_an_exception(self, koor, excepted: Sample, old, new):
        excepted.edit("exception.yml", old, new)

        answer = junior(koor, excepted)
        assert answer.code == 1
        assert "the HOCS did not sign the exception" in answer.out


class TestApprovalReplayed:
    def test_an_exception_of_another_order(self, koor, excepted: Sample):
        excepted.edit("exception.yml", "A-2026-0815", "A-2026-0001", "hocs", "cto")

        assert "the exception is for order A-2026-0001, not A-2026-0815" in junior(koor, excepted).out

    def test_an_exception_of_last_month(self, koor, excepted: Sample):
        text = (excepted.case / "exception.yml").read_text(encoding="utf-8")
        past = text.replace(str(TODAY + timedelta(days=3)), str(TODAY - timedelta(days=27)))
        past = past.replace(f"granted: {TODAY}", f"granted: {TODAY - timedelta(days=30)}")
        (excepted.case / "exception.yml").write_text(past, encoding="utf-8")
        excepted.sign("exception.yml", "hocs", "cto")

        answer = junior(koor, excepted)
        assert answer.code == 1
        assert "the exception has expired" in answer.out


class TestOnePersonTwoKeys:
    def test_the_hocs_signs_twice(self, koor, excepted: Sample):
        key = excepted.new_key("second")
        printed = subprocess.run(
            ["ssh-keygen", "-l", "-f", excepted.key("second.pub")], capture_output=True, text=True, check=True
        )
        next_version(excepted, "staff.yml", "allowed_signers")
        mark = excepted.file("staff.yml").read_text().split("id: hocs")[1].split('keys: ["')[1].split('"')[0]
        excepted.edit("staff.yml", f'keys: ["{mark}"]', f'keys: ["{mark}", "{printed.stdout.split()[1]}"]', "hocs")
        line = f'hocs namespaces="exception@koor-provision" {key}\nhocs namespaces='
        excepted.edit("allowed_signers", "hocs namespaces=", line, "cto")
        excepted.sign("exception.yml", "hocs", "second")

        answer = junior(koor, excepted)
        assert answer.code == 1
        assert "the CTO did not sign the exception (signed by hocs)" in answer.out


class TestStaffWhoLeft:
    def test_a_revoked_key_beneath_an_exception(self, koor, excepted: Sample):
        mark = excepted.file("staff.yml").read_text().split("id: hocs")[1].split('keys: ["')[1].split('"')[0]
        next_version(excepted, "revocations.yml")
        entry = f"keys:\n  - {{fingerprint: '{mark}', revoked: {TODAY}, reason: lost}}"
        excepted.edit("revocations.yml", "keys: []", entry)
        for document in ("revocations.yml", "staff.yml", "policy.yml"):
            excepted.sign(document, "cto")

        answer = junior(koor, excepted)
        assert answer.code == 1
        assert f"the HOCS did not sign the exception (signed by cto; the key {mark} is revoked)" in answer.out

    def test_a_hocs_who_lost_rank(self, koor, excepted: Sample):
        next_version(excepted, "staff.yml")
        excepted.edit("staff.yml", "position: hocs", "position: employee", "cto")
        for document in ("staff.yml", "revocations.yml", "policy.yml"):
            excepted.sign(document, "cto")

        answer = junior(koor, excepted)
        assert answer.code == 1
        assert "the HOCS did not sign the exception (signed by cto, hocs)" in answer.out
