"""The row 'e-mail approval' of the threats page, and the ways around it, tried on a real case with real signatures."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.amount import examples
from tests.threats.by_mail import NOW, ByMail, Second, case_of, decide, not_loaded, refused

from koor_provision.gate.decision import Admitted, Refused
from koor_provision.ledger.mails import remember, uses
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.load.resources import share
from koor_provision.models.word import used
from koor_provision.sample.mail import mail_key, signed

TEXT = b"I accept your offer O-2026-0815, revision 1."


def test_the_case_by_mail_is_admitted(by_mail: ByMail):
    assert isinstance(decide(by_mail), Admitted)


class TestEmailApproval:
    def test_an_added_subject_on_top(self, by_mail: ByMail):
        by_mail.put(b"Subject: I accept everything\r\n" + by_mail.original())

        assert "has 2 Subject fields" in not_loaded(by_mail)

    @pytest.mark.parametrize("field", ["From", "To", "Date", "Message-ID"])
    def test_another_added_field(self, by_mail: ByMail, field):
        by_mail.put(f"{field}: x\r\n".encode() + by_mail.original())

        assert f"has 2 {field.title()} fields" in not_loaded(by_mail)

    def test_only_from_is_signed(self, by_mail: ByMail):
        by_mail.put(signed(by_mail.mail_key, by_mail.unsigned(), "bakery.example", cover=(b"from",)))

        assert "it does not cover To, Subject, Date, Message-Id" in not_loaded(by_mail)

    def test_text_appended_behind_the_signed_length(self, by_mail: ByMail):
        plain = by_mail.unsigned().replace(TEXT, b"No.")
        by_mail.put(signed(by_mail.mail_key, plain, "bakery.example", length=True) + b"\r\n" + TEXT + b"\r\n")

        assert "it covers only the beginning of the text (l=)" in not_loaded(by_mail)

    def test_the_boss_in_front_of_the_real_address(self, by_mail: ByMail):
        plain = by_mail.unsigned().replace(
            b"Anna Example <anna@bakery.example>", b"anna@bakery.example <eve@evil.example>"
        )
        by_mail.put(signed(by_mail.mail_key, plain, "evil.example"))

        assert "its From field is not one plain address" in not_loaded(by_mail)

    def test_signed_by_another_domain(self, by_mail: ByMail):
        by_mail.put(signed(by_mail.mail_key, by_mail.unsigned(), "evil.example"))

        assert "it is of evil.example, not of the sender's domain bakery.example" in not_loaded(by_mail)

    def test_an_address_that_is_not_in_the_agreement(self, by_mail: ByMail):
        plain = by_mail.unsigned().replace(b"anna@bakery.example", b"eve@bakery.example")
        by_mail.put(signed(by_mail.mail_key, plain, "bakery.example"))

        assert "is of eve@bakery.example, who is not named in the agreement" in refused(by_mail, "R3")

    def test_a_parser_defect(self, by_mail: ByMail):
        plain = by_mail.unsigned().replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=x")
        by_mail.put(signed(by_mail.mail_key, plain, "bakery.example"))

        assert not_loaded(by_mail)

    def test_another_offer(self, by_mail: ByMail):
        plain = by_mail.unsigned().replace(b"revision 1", b"revision 2")
        by_mail.put(signed(by_mail.mail_key, plain, "bakery.example"))

        assert (
            "says 'accepts offer O-2026-0815 revision 1', the mail accepts offer O-2026-0815 revision 2"
            in not_loaded(by_mail)
        )

    def test_another_offer_and_a_record_that_says_so(self, by_mail: ByMail):
        plain = by_mail.unsigned().replace(b"revision 1", b"revision 2")
        record = by_mail.case / "mails" / "001.yml"
        record.write_text(record.read_text().replace("revision 1", "revision 2"))
        by_mail.put(signed(by_mail.mail_key, plain, "bakery.example"))

        assert "the acceptance on record is another one" in refused(by_mail, "R3", "R5")

    def test_a_record_that_says_more_than_the_mail(self, by_mail: ByMail):
        by_mail.edit("mails/002.yml", "software redis", "software redis, memcached")
        by_mail.sign("mails/002.yml", "sales-manager", namespace="mail@koor-provision")

        assert "the mail requests the additional software redis" in not_loaded(by_mail)

    def test_one_message_id_for_two_mails(self, by_mail: ByMail):
        plain = by_mail.unsigned().replace(TEXT, b"I approve the document with the SHA-256 digest " + b"1" * 64 + b".")
        for file in ("001.yml", "001.yml.sig"):
            shutil.copy(by_mail.case / "mails" / file, by_mail.case / "mails" / file.replace("001", "004"))
        record = by_mail.case / "mails" / "004.yml"
        text = re.sub(
            r"understood: .*", f"understood: approves the document with SHA-256 {'1' * 64}", record.read_text()
        )
        record.write_text(text)
        by_mail.put(signed(by_mail.mail_key, plain, "bakery.example"), "004")

        assert "mails/004.eml: it is on record twice" in refused(by_mail, "R3")

    def test_the_key_is_archived_and_another_key_does_not_verify(self, by_mail: ByMail, tmp_path):
        by_mail.put(by_mail.original(), record=mail_key(tmp_path).record)

        assert "it does not fit the mail and the key" in not_loaded(by_mail)

    def test_a_forger_with_a_key_of_their_own_needs_our_signature(self, by_mail: ByMail, tmp_path):
        """Whoever can write into the case can bring a mail, a key that fits it and a record, but not sign it."""
        forged = mail_key(tmp_path)
        by_mail.put(signed(forged, by_mail.unsigned(), "bakery.example"), record=forged.record)
        by_mail.sign("mails/001.yml", "engineer-senior", namespace="mail@koor-provision")

        assert "nobody but the engineer vouches for its intake" in refused(by_mail, "R3")

    @pytest.mark.parametrize("namespace", ["attestation@koor-provision", "mail"])
    def test_the_record_is_signed_as_something_else(self, by_mail: ByMail, namespace):
        by_mail.sign("mails/001.yml", "sales-manager", namespace=namespace)

        assert "nobody but the engineer vouches for its intake" in refused(by_mail, "R3")

    def test_a_mail_edited_in_the_case(self, by_mail: ByMail):
        file = by_mail.case / "mails" / "001.eml"
        file.write_bytes(file.read_bytes().replace(b"Best regards", b"Kind regards"))

        assert "is not the mail that was taken in" in not_loaded(by_mail)

    @pytest.mark.parametrize("name", ["001.eml", "001.yml", "001.yml.sig"])
    def test_a_part_is_missing(self, by_mail: ByMail, name):
        (by_mail.case / "mails" / name).unlink()

        assert "mails/001" in not_loaded(by_mail)

    @pytest.mark.parametrize("number", ["001", "002", "003"])
    def test_every_mail_is_needed(self, by_mail: ByMail, number):
        for file in (by_mail.case / "mails").glob(f"{number}.*"):
            file.unlink()

        assert isinstance(decide(by_mail), Refused)

    @pytest.mark.parametrize("make", [lambda file: file.mkdir(), lambda file: file.write_text("x")])
    def test_something_else_among_the_mails(self, by_mail: ByMail, make: Callable[[Path], object]):
        make(by_mail.case / "mails" / "notes.txt")

        assert "mails/notes.txt: does not belong here" in not_loaded(by_mail)

    @pytest.mark.parametrize("name", ["mails", "papers", "additions"])
    def test_a_linked_folder(self, by_mail: ByMail, name):
        folder = by_mail.case / name
        folder.rename(by_mail.root / "elsewhere")
        folder.symlink_to(by_mail.root / "elsewhere")

        assert f"{name}: is a symbolic link" in not_loaded(by_mail)


FILES = [
    *(f"{name}.yml" for name in ("agreement", "offer", "acceptance", "confirmation", "targets")),
    *(f"mails/{number}.{kind}" for number in ("001", "002", "003") for kind in ("eml", "yml", "yml.sig")),
    *("papers/001.yml", "papers/001.yml.sig", "additions/001.yml", "additions/001.yml.sig"),
]


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(name=st.sampled_from(FILES), data=st.data())
def test_one_byte_of_any_file_changed_is_never_admitted(by_mail: ByMail, name: str, data: st.DataObject) -> None:
    file = by_mail.case / name
    before = file.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    file.write_bytes(before[:at] + bytes([before[at] ^ data.draw(st.integers(1, 255))]) + before[at + 1 :])
    try:
        decision = decide(by_mail)
    finally:
        file.write_bytes(before)

    assert not isinstance(decision, Admitted)


class TestAMailServesOneOrder:
    """A request names no order, so its record does, and whoever signs that vouches for it."""

    def test_a_request_that_was_taken_in_for_another_order(self, by_mail: ByMail):
        second = Second.beside(by_mail)

        assert "it is on record for offer O-2026-0815, not for O-2026-0816" in refused(second, "R3", "R5")

    def test_two_records_of_one_mail_for_two_orders(self, by_mail: ByMail, koor, monkeypatch):
        """Somebody signs a second record of it: cases that are judged together are held against each other."""
        monkeypatch.setattr("koor_provision.cli.check.share", share)
        second = Second.beside(by_mail)
        second.edit("mails/002.yml", "O-2026-0815", "O-2026-0816")
        second.sign("mails/002.yml", "sales-manager", namespace="mail@koor-provision")
        assert isinstance(decide(second), Admitted), decide(second)

        together = koor("check", by_mail.case, second.case)

        assert together.code == 1
        assert together.out.count("mails/002.eml") >= 2
        assert "it serves another order too" in together.out

    def test_a_mail_that_the_ledger_remembers(self, by_mail: ByMail, koor, monkeypatch):
        monkeypatch.setattr("koor_provision.cli.check.share", share)
        assert koor("check", by_mail.case).code == 0
        word = next(word for word in case_of(by_mail).words if word.file == "mails/002.eml")
        remember(Ledger(ledger_path()), uses([used("", word.message or "", "4712", "O-1")]), NOW)

        answer = koor("check", by_mail.case)

        assert answer.code == 1
        assert "it was used for another order before (ledger, receipt" in answer.out


class TestAnAddition:
    def test_estimated_by_who_does_it(self, by_mail: ByMail):
        by_mail.sign("additions/001.yml", "engineer-senior", namespace="addition@koor-provision")

        assert "nobody entitled but the engineer of the order estimated its effort" in refused(by_mail, "R5")


class TestPaper:
    def test_attested_by_somebody_else(self, by_mail: ByMail):
        by_mail.sign("papers/001.yml", "hocs", namespace="attestation@koor-provision")

        assert "no sales manager attests it" in refused(by_mail, "R1", "R2", "R3")

    def test_an_edited_attestation(self, by_mail: ByMail):
        by_mail.edit("papers/001.yml", "customer-authorised", "customer-it")

        assert "the document was changed after sales-manager signed it" in refused(by_mail, "R1", "R2", "R3")

    def test_an_agreement_edited_after_the_paper(self, by_mail: ByMail):
        by_mail.edit("agreement.yml", "Example Bakery", "Other Bakery", "sales-manager", "hocs")

        assert "no authorised person approved the first agreement" in refused(by_mail, "R1", "R2", "R3")
