from datetime import UTC, datetime, timedelta

import pytest
from tests.mails import TAKEN, Letter

from koor_provision.errors import InputError
from koor_provision.models.mail import Says, Statement

GERMAN = """Sehr geehrte Damen und Herren,

hiermit beantrage ich die zusätzliche Einrichtung und Konfiguration der
Software Redis und ImageMagick während der Installation und Konfiguration.

Mit freundlichen Grüßen

Anna Example
"""


def test_an_acceptance(letter: Letter):
    message, statement = letter.read()

    assert statement == Statement(Says.ACCEPTANCE, ("O-2026-0815", 1))
    assert (message.sender, message.recipients) == ("anna@bakery.example", ("orders@koor.example",))
    assert message.identity == "<1@bakery.example>"
    assert message.sent == datetime(2025, 11, 20, 9, tzinfo=UTC)


def test_a_request_in_german(letter: Letter):
    letter.text = GERMAN

    assert letter.read()[1] == Statement(Says.REQUEST, components=("redis", "imagemagick"))


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_line_ends_of_mail_programs(letter: Letter, line_end):
    raw = letter.sent().replace(b"\r\n", line_end)

    assert letter.read(raw)[1].says is Says.ACCEPTANCE


def test_taken_in_before_it_was_sent(letter: Letter):
    with pytest.raises(InputError, match="is dated after the day on which it was taken in"):
        letter.read(taken=TAKEN - timedelta(hours=4))


@pytest.mark.parametrize("field", ["From", "To", "Subject", "Date", "Message-ID"])
def test_every_field_is_needed(letter: Letter, field):
    del letter.fields[field]

    with pytest.raises(InputError, match=f"has no {field.title()} field"):
        letter.read(
            letter.signed_as_it_is(b"".join(f"{n}: {v}\r\n".encode() for n, v in letter.fields.items()) + b"\r\nx")
        )


@pytest.mark.parametrize("where", ["text", "signature", "quotation", "subject"])
def test_a_password_anywhere_in_it(letter: Letter, where):
    """R11: neither taken in, nor judged if it lies in a case, nor quoted."""
    secret = "The root password is Secret123!"
    if where == "subject":
        letter.fields["Subject"] = secret
    else:
        letter.text += {"text": f"\n{secret}\n", "signature": f"-- \n{secret}\n", "quotation": f"> {secret}\n"}[where]

    with pytest.raises(InputError, match="seems to hold a password") as caught:
        letter.read()
    assert "Secret123" not in str(caught.value)


def test_a_subject_that_takes_it_back(letter: Letter):
    letter.fields["Subject"] = "DRAFT - NOT ACCEPTED, do not act"

    with pytest.raises(InputError, match="its subject does not go with a plain yes: 'DRAFT'"):
        letter.read()


def test_all_of_it_can_be_shown(letter: Letter):
    letter.text += "\nOn 20 Nov 2026, Koor wrote:\n> what we offered\n"
    message = letter.read()[0]

    assert message.subject == "Your offer"
    assert "> what we offered" in message.whole
    assert "what we offered" not in message.text
