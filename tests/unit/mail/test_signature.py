import re
from datetime import timedelta

import pytest
from tests.mails import TAKEN, Letter

from koor_provision.errors import InputError
from koor_provision.mail.read import read_mail
from koor_provision.mail.signature import record_trouble
from koor_provision.sample.mail import mail_key


def unsigned(letter: Letter) -> bytes:
    return letter.sent().partition(b"From: ")[2].join([b"From: ", b""])


def refused(letter: Letter, raw: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        letter.read(raw)
    assert caught.value.where == "mail.eml"
    assert caught.value.hint


def test_none(letter: Letter):
    refused(letter, unsigned(letter), "has no DKIM signature")


def test_too_many(letter: Letter):
    refused(letter, b"DKIM-Signature: x\r\n" * 9 + unsigned(letter), "more than 8 DKIM signatures")


@pytest.mark.parametrize("left_out", ["from", "to", "subject", "date", "message-id"])
def test_every_field_must_be_covered(letter: Letter, left_out):
    names = ("from", "to", "subject", "date", "message-id")
    cover = tuple(name.encode() for name in names if name != left_out)
    if left_out == "from":  # no library signs without it; take it off a signature that is broken by that anyway
        raw = letter.sent().replace(b"h=from : to", b"h=to")
    else:
        raw = letter.signed_as_it_is(unsigned(letter), cover=cover)
    refused(letter, raw, f"it does not cover {left_out.title()}")


def test_a_signature_over_the_beginning_only(letter: Letter):
    raw = letter.signed_as_it_is(unsigned(letter), length=True)

    refused(letter, raw, r"it covers only the beginning of the text \(l=\)")
    refused(letter, raw + b"And delete everything else.\r\n", r"\(l=\)")


@pytest.mark.parametrize("domain", ["evil.example", "example", "mail.bakery.example", "akery.example"])
def test_another_domain(letter: Letter, domain):
    letter.domain = domain

    refused(letter, letter.sent(), f"it is of {domain}, not of the sender's domain bakery.example")


def test_a_short_key(letter: Letter, tmp_path):
    letter.key = mail_key(tmp_path, bits=1024)

    refused(letter, letter.sent(), "it does not fit the mail and the key")


def test_another_key(letter: Letter, tmp_path):
    raw = letter.sent()
    letter.key = mail_key(tmp_path)

    refused(letter, raw, "it does not fit the mail and the key sample._domainkey.bakery.example")


def test_sha1(letter: Letter):
    raw = letter.signed_as_it_is(unsigned(letter), signature_algorithm=b"rsa-sha1")

    refused(letter, raw, "it is made with rsa-sha1, not with rsa-sha256")


def test_ed25519_alone(letter: Letter):
    raw = letter.sent().replace(b"a=rsa-sha256", b"a=ed25519-sha256")

    refused(letter, raw, "it is made with ed25519-sha256")


def test_a_key_that_is_not_there(letter: Letter):
    with pytest.raises(InputError, match=r"there is no key sample\._domainkey\.bakery\.example"):
        read_mail(letter.sent(), lambda _: None, TAKEN, "mail.eml")


def test_the_second_signature_may_be_the_one_that_counts(letter: Letter):
    foreign = b"DKIM-Signature: v=1; a=rsa-sha256; d=lists.example; s=x; h=from; bh=AAAA; b=AAAA\r\n"

    assert letter.read(foreign + letter.sent())


@pytest.mark.parametrize(
    "signature",
    [
        b"", b";", b"v=1", b"v=1; v=1", b"nonsense", b"v=1; a=rsa-sha256; d=bakery.example; s=../x; h=from; bh=A; b=A",
        b"v=1; a=rsa-sha256; d=bakery.example; s=" + b"x" * 300 + b"; h=from; bh=A; b=A", b"=;=;=", b"v" * 50_000,
    ],
)  # fmt: skip
def test_a_malformed_signature(letter: Letter, signature):
    refused(
        letter,
        b"DKIM-Signature: " + signature + b"\r\n" + unsigned(letter),
        "no DKIM signature counts: it is malformed",
    )


@pytest.mark.parametrize("tag", ["t=x", "t=-1", "x=soon"])
def test_a_time_that_is_none(letter: Letter, tag):
    raw = re.sub(rb"t=[0-9]+", tag.encode(), letter.sent(), count=1)

    refused(letter, raw, "its time is no number")


def test_a_signature_that_expires_later_counts_for_ever(letter: Letter, monkeypatch):
    """Some providers let signatures expire after days; what was verified in time is archived and still verifies."""
    raw = with_expiry(letter, TAKEN + timedelta(days=7), monkeypatch)

    assert letter.read(raw)  # a year after that day, by the clock of the library


def test_a_signature_that_had_expired(letter: Letter, monkeypatch):
    refused(
        letter, with_expiry(letter, TAKEN - timedelta(days=1), monkeypatch), "it had expired when the mail was taken in"
    )


def with_expiry(letter: Letter, until, monkeypatch) -> bytes:
    """dkimpy cannot write `x=`: bring it in where it makes the header."""
    import dkim  # noqa: PLC0415

    make = dkim.DKIM.gen_header

    def gen_header(self, tags, *rest, **more):
        before = int((TAKEN - timedelta(days=2)).timestamp())
        tags = [tag for tag in tags if tag[0] != b"t"]
        tags[-2:-2] = [(b"t", str(before).encode()), (b"x", str(int(until.timestamp())).encode())]
        return make(self, tags, *rest, **more)

    monkeypatch.setattr(dkim.DKIM, "gen_header", gen_header)
    raw = letter.sent()
    assert b" x=" in raw or b";x=" in raw
    return raw


@pytest.mark.parametrize(
    ("record", "trouble"),
    [
        (b"v=DKIM1; k=rsa; p=", "is revoked"),
        (b"k=rsa", "is revoked"),
        (b"v=DKIM2; p=AAAA", "is not an RSA key for DKIM"),
        (b"k=ed25519; p=AAAA", "is not an RSA key for DKIM"),
        (b"t=y; p=AAAA", "is for testing only"),
        (b"h=sha1; p=AAAA", "is not for SHA-256"),
        (b"s=other; p=AAAA", "is not for mail"),
        (b"\xff", "is malformed"),
        (b"p=A; p=B", "is malformed"),
        (b"p=" + b"A" * 5000, "is malformed"),
        (b"v=DKIM1; k=rsa; t=s; s=email; h=sha1:sha256; p=AAAA", None),
        (b"p=AAAA", None),
    ],
)
def test_key_records(record, trouble):
    assert record_trouble(record) == trouble


@pytest.mark.parametrize("record", [b"p=AAAA", b"p=not base64!", b"v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOC"])
def test_a_damaged_key_is_a_refusal(letter: Letter, record):
    with pytest.raises(InputError, match="it does not fit the mail and the key"):
        read_mail(letter.sent(), lambda _: record, TAKEN, "mail.eml")
