"""`case add-mail` and `case add-paper`, from a customer's mail to an admitted case."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.conftest import Sample

from koor_provision.ledger.store import ledger_path
from koor_provision.load.resources import share
from koor_provision.sample.mail import MailKey, signed

EFFORT = ("--hours", "1", "--complexity", "low", "--cost", "100")


class Incoming(Sample):
    """The sample's case by mail before its mails were taken in; they lie in `inbox`."""

    @property
    def case(self) -> Path:
        return self.root / "cases" / "by-mail"

    def mail(self, number: str) -> Path:
        return self.root / "inbox" / f"{number}.eml"

    @property
    def record(self) -> Path:
        return self.root / "inbox" / "key"


@pytest.fixture
def incoming(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> Incoming:
    monkeypatch.setattr("koor_provision.cli.check.share", share)
    incoming = Incoming(sample.root)
    key = next(
        line for line in (incoming.case / "mails" / "001.yml").read_text().splitlines() if line.startswith("key: ")
    )
    (incoming.case / "mails").rename(incoming.root / "inbox")
    shutil.rmtree(incoming.case / "additions")
    incoming.record.write_text(key.removeprefix('key: "').removesuffix('"') + "\n")
    return incoming


@pytest.fixture
def add(koor, incoming: Incoming):
    def add(number: str, *options: object):
        return koor("case", "add-mail", incoming.case, incoming.mail(number), "--key-record", incoming.record, *options)

    return add


def test_from_the_mails_to_an_admitted_case(koor, add, incoming: Incoming):
    assert koor("check", incoming.case).code == 1
    for number, more in (("001", ()), ("003", ()), ("002", EFFORT)):
        answer = add(number, "--yes", *more)
        assert answer.code == 0, answer.err
        assert "verified\n  customer-authorised <anna@bakery.example>" in answer.out
    for name in ("mails/001.yml", "mails/002.yml", "mails/003.yml"):
        koor("sign", incoming.case / name, "--key", incoming.key("sales-manager"))
    koor("sign", incoming.case / "additions" / "001.yml", "--key", incoming.key("team-leader"))

    answer = koor("check", incoming.case)

    assert answer.code == 0, answer.out
    assert "order A-2026-0815: php, apache, mariadb, redis" in answer.out
    assert "accepted by customer-authorised (by mail, mails/001.eml)" in answer.out


def test_the_mail_is_kept_as_it_came_with_its_key(add, incoming: Incoming):
    add("001", "--yes")

    assert (incoming.case / "mails" / "001.eml").read_bytes() == incoming.mail("001").read_bytes()
    record = (incoming.case / "mails" / "001.yml").read_text()
    assert incoming.record.read_text().strip() in record
    assert hashlib.sha256(incoming.mail("001").read_bytes()).hexdigest() in record
    assert "understood: accepts offer O-2026-0815 revision 1" in record


def test_the_acceptance_is_written_down(koor, add, incoming: Incoming):
    before = (incoming.case / "acceptance.yml").read_text()
    (incoming.case / "acceptance.yml").unlink()

    assert "writes      acceptance.yml" in add("001", "--yes").out

    written = (incoming.case / "acceptance.yml").read_text()
    offer = hashlib.sha256((incoming.case / "offer.yml").read_bytes()).hexdigest()
    assert f"offer_sha256: {offer}" in written
    assert written != before


def test_an_acceptance_on_record_that_says_something_else(add, incoming: Incoming):
    incoming.edit("acceptance.yml", "binding: true", "binding: false")

    answer = add("001", "--yes")

    assert answer.code == 2
    assert "acceptance.yml: is on record already, and says something else" in answer.err
    assert not (incoming.case / "mails").exists()


def test_another_offer_lies_in_the_case(add, incoming: Incoming):
    incoming.edit("offer.yml", "revision: 1", "revision: 2")

    answer = add("001", "--yes")

    assert answer.code == 2
    assert "the customer accepts another offer than the one here (O-2026-0815 revision 2)" in answer.err


def test_a_dry_run_writes_nothing(add, incoming: Incoming):
    answer = add("002", "--dry-run")

    assert answer.code == 0
    assert "understood: requests the additional software redis" in answer.out
    assert "redis: approved, needed by the application" in answer.out
    assert "the effort of the additional software is missing: hours, complexity, cost_eur" in answer.out
    assert not (incoming.case / "mails").exists()
    assert not ledger_path().exists()


def test_additional_software_needs_an_estimate(add):
    answer = add("002", "--yes", "--hours", "1")

    assert answer.code == 2
    assert "the effort of the additional software is missing: complexity, cost_eur" in answer.err


def test_nobody_is_asked_where_nobody_is(add, incoming: Incoming):
    answer = add("001")

    assert answer.code == 2
    assert "look at what was understood with --dry-run, then run with --yes" in answer.err
    assert not (incoming.case / "mails").exists()


def test_software_that_is_not_on_the_lists(add, incoming: Incoming):
    incoming.edit("policy.yml", "version: 1\n", "version: 2\n")
    incoming.edit("policy.yml", '  - {component: redis, needed_by: "the application: cache"}\n', "", "hocs")
    incoming.seen_first()

    assert "redis: approved, NOT needed by the application (R5)" in add("002", "--dry-run").out


def test_what_is_asked_about_is_shown_whole(add, incoming: Incoming):
    answer = add("001", "--dry-run")

    assert "  subject: Your offer O-2026-0815\n" in answer.out
    assert "    | I accept your offer O-2026-0815, revision 1.\n" in answer.out
    assert "    | Anna Example\n" in answer.out


def test_who_vouches_for_a_mail_sees_it_whole(koor, add, incoming: Incoming):
    add("002", "--yes", *EFFORT)

    answer = koor("case", "show-mail", incoming.case, "001")

    assert answer.code == 0, answer.err
    assert "mails/001.eml: verified with the key sample._domainkey.bakery.example" in answer.out
    assert "understood: requests the additional software redis, for the order of offer O-2026-0815" in answer.out
    assert "    | Mit freundlichen Grüßen\n" in answer.out
    assert koor("case", "show-mail", incoming.case, "002").code == 2


def test_two_who_file_at_once_get_two_numbers(koor, add, incoming: Incoming, monkeypatch):
    """Both were asked while neither had written; the second one answers later."""
    asked = []

    def confirm(*_: object, **__: object) -> bool:
        asked.append(1)
        if len(asked) == 1:
            assert add("003").code == 0
        return True

    monkeypatch.setattr("koor_provision.cli.filing.click.confirm", confirm)
    monkeypatch.setattr("koor_provision.cli.filing.sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())

    answer = add("001")

    assert answer.code == 0, answer.err
    assert "wrote       mails/002.eml, mails/002.yml" in answer.out
    assert f"koor-provision sign {incoming.case / 'mails/002.yml'}" in answer.out
    assert (incoming.case / "mails" / "001.eml").read_bytes() == incoming.mail("003").read_bytes()
    assert (incoming.case / "mails" / "002.eml").read_bytes() == incoming.mail("001").read_bytes()


def test_the_same_mail_filed_twice_at_once(add, incoming: Incoming, monkeypatch):
    asked = []

    def confirm(*_: object, **__: object) -> bool:
        asked.append(1)
        if len(asked) == 1:
            assert add("003").code == 0
        return True

    monkeypatch.setattr("koor_provision.cli.filing.click.confirm", confirm)
    monkeypatch.setattr("koor_provision.cli.filing.sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())

    answer = add("003")

    assert answer.code == 2
    assert "is in the case already, as mails/001.eml" in answer.err
    assert not (incoming.case / "mails" / "002.eml").exists()


def test_a_password_in_a_mail_is_not_kept(koor, incoming: Incoming):
    """R11."""
    key = MailKey(incoming.key("customer-mail-server").read_bytes(), incoming.record.read_bytes().strip())
    plain = incoming.mail("001").read_bytes()
    plain = plain[plain.index(b"\r\nFrom: ") + 2 :] + b"-- \r\nThe root password is Secret123!\r\n"
    incoming.mail("001").write_bytes(signed(key, plain, "bakery.example"))

    answer = koor("case", "add-mail", incoming.case, incoming.mail("001"), "--key-record", incoming.record, "--yes")

    assert answer.code == 2
    assert "seems to hold a password or a key, which is not to be stored by us (R11)" in answer.err
    assert "Secret123" not in answer.out + answer.err
    assert not (incoming.case / "mails").exists()


def test_a_mail_twice(add):
    add("001", "--yes")

    answer = add("001", "--yes")

    assert answer.code == 2
    assert "is in the case already, as mails/001.eml" in answer.err


def test_a_mail_for_another_order_of_the_customer(koor, add, incoming: Incoming):
    """The request names no order, so the case that it was taken into first is the one that it is for."""
    other = Path(shutil.copytree(incoming.case, incoming.root / "cases" / "other"))
    offer = other / "offer.yml"
    offer.write_text(offer.read_text().replace("O-2026-0815", "O-2026-0816"))
    add("002", "--yes", *EFFORT)

    answer = koor("case", "add-mail", other, incoming.mail("002"), "--key-record", incoming.record, "--yes", *EFFORT)

    assert answer.code == 1
    assert "this mail or paper was used for another order before" in answer.err
    assert not (other / "mails").exists()


def test_a_sender_whom_the_agreement_does_not_name(add, incoming: Incoming):
    incoming.edit("agreement.yml", "anna@bakery.example", "nora@bakery.example")

    answer = add("001", "--yes")

    assert answer.code == 2
    assert "is from anna@bakery.example, whom the agreement does not name" in answer.err


def test_a_document_that_is_not_here(add, incoming: Incoming):
    incoming.edit("targets.yml", "kind: targets", "# edited\nkind: targets")

    answer = add("003", "--yes")

    assert answer.code == 2
    assert "no document here has the digest" in answer.err


def test_the_key_comes_from_dns(koor, incoming: Incoming, monkeypatch):
    asked = []

    def get_txt(name: bytes, timeout: int = 5) -> bytes | None:
        asked.append(name)
        return incoming.record.read_bytes().strip()

    monkeypatch.setattr("dkim.dnsplug.get_txt", get_txt)

    assert koor("case", "add-mail", incoming.case, incoming.mail("001"), "--yes").code == 0
    assert asked == [b"sample._domainkey.bakery.example."]


def test_a_key_that_dns_does_not_have(koor, incoming: Incoming, monkeypatch):
    monkeypatch.setattr("dkim.dnsplug.get_txt", lambda name, timeout: None)

    answer = koor("case", "add-mail", incoming.case, incoming.mail("001"), "--yes")

    assert answer.code == 2
    assert "there is no key sample._domainkey.bakery.example" in answer.err


def test_dns_does_not_answer(koor, incoming: Incoming, monkeypatch):
    import dkim  # noqa: PLC0415

    def get_txt(name: bytes, timeout: int) -> bytes:
        raise dkim.DnsTimeoutError("no")

    monkeypatch.setattr("dkim.dnsplug.get_txt", get_txt)

    answer = koor("case", "add-mail", incoming.case, incoming.mail("001"), "--yes")

    assert answer.code == 2
    assert "sample._domainkey.bakery.example: DNS does not answer" in answer.err
    assert "--key-record FILE" in answer.err


class TestPaper:
    @pytest.fixture
    def paper(self, koor, incoming: Incoming):
        scan = incoming.root / "scan.pdf"
        scan.write_bytes(b"%PDF the signed paper")
        day = next(
            line.split()[1] for line in incoming.file("offer.yml").read_text().splitlines() if line.startswith("date:")
        )

        def add(*options: object, person: str = "customer-authorised", signed: str = day):
            who = ("--signed-by", person, "--signed", signed)
            return koor("case", "add-paper", incoming.case, scan, *who, *options)

        return add

    def test_an_acceptance(self, paper, incoming: Incoming):
        answer = paper("--accepts", "O-2026-0815/1", "--yes")

        assert answer.code == 0, answer.err
        assert "accepts offer O-2026-0815 revision 1" in answer.out
        text = (incoming.case / "papers" / "002.yml").read_text()
        assert f"paper_sha256: {hashlib.sha256(b'%PDF the signed paper').hexdigest()}" in text
        assert not [file for file in incoming.case.rglob("*") if file.is_file() and b"%PDF" in file.read_bytes()]

    def test_everything_on_paper_is_admitted(self, koor, paper, incoming: Incoming):
        paper("--accepts", "O-2026-0815/1", "--yes")
        paper("--approves", "targets.yml", "--yes")
        assert paper("--requests", "redis", "--yes", *EFFORT).code == 0
        for number in ("002", "003", "004"):
            koor("sign", incoming.case / "papers" / f"{number}.yml", "--key", incoming.key("sales-manager"))
        koor("sign", incoming.case / "additions" / "001.yml", "--key", incoming.key("team-leader"))

        answer = koor("check", incoming.case)

        assert answer.code == 0, answer.out
        assert "accepted by customer-authorised (by paper, papers/002.yml)" in answer.out
        assert "php, apache, mariadb, redis" in answer.out

    def test_software_that_is_not_approved_is_written_down_and_refused(self, koor, paper, incoming: Incoming):
        assert paper("--requests", "frobnicator", "--yes", *EFFORT).code == 0
        koor("sign", incoming.case / "papers" / "002.yml", "--key", incoming.key("sales-manager"))
        koor("sign", incoming.case / "additions" / "001.yml", "--key", incoming.key("team-leader"))

        answer = koor("check", incoming.case)

        assert answer.code == 1
        assert "'frobnicator' is not approved customer software" in answer.out

    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            ((), "say what the paper says, one thing a paper"),
            (("--accepts", "O-1/1", "--requests", "redis"), "say what the paper says, one thing a paper"),
            (("--accepts", "O-2026-0815"), "offer: must be letters|revision"),
            (("--accepts", "O-2026-0816/1"), "the customer accepts another offer than the one here"),
            (("--approves", "offer.yml"), "no document here has the digest"),
            (("--approves", "nothing.yml"), "missing"),
            (("--requests", "no such thing"), "must be lower-case letters"),
        ],
    )
    def test_what_cannot_be_written_down(self, paper, incoming: Incoming, options, problem):
        answer = paper(*options, "--yes")

        assert answer.code == 2
        assert any(part in answer.err for part in problem.split("|")), answer.err
        assert not (incoming.case / "papers" / "002.yml").exists()

    def test_one_paper_for_two_orders(self, koor, paper, incoming: Incoming):
        assert paper("--requests", "redis", "--yes", *EFFORT).code == 0
        offer = incoming.case / "offer.yml"
        offer.write_text(offer.read_text().replace("O-2026-0815", "O-2026-0816"))

        answer = paper("--requests", "redis", "--yes", *EFFORT)

        assert answer.code == 1
        assert "this mail or paper was used for another order before" in answer.err

    @pytest.mark.parametrize("component", ["sqlsrv"])
    def test_software_that_needs_options(self, paper, component):
        answer = paper("--requests", component, "--yes", *EFFORT)

        assert answer.code == 2
        assert f"{component} cannot be asked for in a sentence" in answer.err
        assert f"put {component} with its options into an offer" in answer.err

    def test_software_by_its_packages_name(self, koor, paper, incoming: Incoming):
        """`case add-mail` calls it so too: a mail may say pdftotext."""
        answer = paper("--requests", "poppler-utils", "--dry-run", *EFFORT)

        assert "poppler-utils: approved, needed by the application" in answer.out

    def test_by_somebody_else(self, paper):
        answer = paper("--accepts", "O-2026-0815/1", "--yes", person="somebody")

        assert answer.code == 2
        assert "'somebody' is not named in the agreement" in answer.err
        assert "one of: customer-authorised, customer-it" in answer.err

    @pytest.mark.parametrize("day", ["2999-01-01", "yesterday"])
    def test_on_a_day_that_cannot_be(self, paper, day):
        assert paper("--accepts", "O-2026-0815/1", "--yes", signed=day).code == 2


def test_add_mail_starts_without_the_dns_library(incoming: Incoming):
    """Help and `check` of cases without mail do not wait for it."""
    code = (
        "import sys; from koor_provision.cli.main import _run; sys.argv = ['k', 'case', 'add-mail', '--help']; _run(); "
    )
    code += "print({'dkim', 'dns'} & set(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [shutil.which("python") or "python", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )

    assert "set()" in done.stderr
    assert "--key-record" in done.stdout
