import pytest
from tests.mails import Letter

from koor_provision.errors import InputError
from koor_provision.mail import fields

PLAIN = (
    b"From: a@b.example\nTo: c@d.example\nSubject: s\nDate: Fri, 20 Nov 2026 10:00:00 +0100\nMessage-ID: <1@b>\n\ntext"
)


@pytest.mark.parametrize(
    "value",
    [
        "anna@bakery.example",
        " anna@bakery.example ",
        "<anna@bakery.example>",
        "Anna Example <anna@bakery.example>",
        '"Example, Anna (Office)" <anna@bakery.example>',
        "=?utf-8?q?Anna_B=C3=A4cker?= <anna@bakery.example>",
    ],
)
def test_one_plain_address(value):
    assert fields.sender(value, "m.eml") == "anna@bakery.example"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "anna",
        "boss@customer.example <evil@x.example>",
        '"boss@customer.example" <evil@x.example>',
        "boss@customer.example, evil@x.example",
        "<boss@customer.example> <evil@x.example>",
        "Boss <boss@customer.example> (evil@x.example)",
        "boss@customer.example (comment)",
        "Boss <@route.example:boss@customer.example>",
        "group: boss@customer.example;",
        '"boss\\"@customer.example" <evil@x.example>',
        "boss@customer\u0435.example",
        "b\u043ess@customer.example",
        "boss@[127.0.0.1]",
        "boss@customer",
    ],
)
def test_an_address_that_could_be_taken_for_another(value):
    with pytest.raises(InputError, match="its From field is not one plain address"):
        fields.sender(value, "m.eml")


def test_several_recipients():
    value = "orders@koor.example, Anna <anna@bakery.example>"

    assert fields.recipients(value, "m.eml") == ("orders@koor.example", "anna@bakery.example")
    with pytest.raises(InputError, match="its To field is not a list of plain addresses"):
        fields.recipients("orders@koor.example, nobody", "m.eml")


@pytest.mark.parametrize(
    "value", ["", "1@b.example", "<1@b.example", "<1>", "<a b@c>", "<a@b><c@d>", "<ä@b>", "<a@b> x"]
)
def test_a_malformed_message_id(value):
    with pytest.raises(InputError, match="its Message-ID is malformed"):
        fields.identity(value, "m.eml")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "Fri, 20 Nov 2026 10:00:00",
        "Fri, 20 Nov 2026 10:00:00 -0000",
        "Fri, 31 Feb 2026 10:00:00 +0000",
        "Fri, 20 Nov 2026 10:00:00 +9999",
        "Fri, 20 Nov 26 10:00:00 +0000",
        "20 Nov 2026 25:00:00 +0000",
    ],
)
def test_a_date_that_is_none(value):
    with pytest.raises(InputError, match="its Date is malformed or names no time zone"):
        fields.sent(value, "m.eml")


@pytest.mark.parametrize("value", ["20 Nov 2026 10:00 GMT", "Fri, 20 Nov 2026 11:00:00 +0100 (CET)"])
def test_dates_as_mail_programs_write_them(value):
    assert fields.sent(value, "m.eml").isoformat() == "2026-11-20T10:00:00+00:00"


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Message-ID", "from", "SUBJECT"])
def test_a_field_twice(name):
    with pytest.raises(InputError, match=r"has 2 .* fields"):
        fields.split(f"{name}: x\n".encode() + PLAIN, "m.eml")


@pytest.mark.parametrize("name", ["Content-Type", "Sender", "Reply-To", "Content-Transfer-Encoding", "MIME-Version"])
def test_a_field_that_may_be_left_out_twice(name):
    with pytest.raises(InputError, match=r"has 2 .* fields"):
        fields.split(f"{name}: x\n{name}: y\n".encode() + PLAIN, "m.eml")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "has no text"),
        (PLAIN.partition(b"\n\n")[0], "has no text"),
        (b"\n" + PLAIN, "is no field"),
        (b" folded\n" + PLAIN, "is no field"),
        (b"From nobody Fri Nov 20 10:00:00 2026\n" + PLAIN, "is no field"),
        (b"no colon here\n" + PLAIN, "is no field"),
        (b"X Y: z\n" + PLAIN, "is no field"),
        (b"X: \x1fy\n" + PLAIN, "is no field"),
        (b"X: \xff\n" + PLAIN, "a field X that is not text"),
        (PLAIN + b"\0", "a stray line end or a zero byte"),
        (PLAIN + b"\rmore", "a stray line end or a zero byte"),
        (b"X: y\n" * 201 + PLAIN, "more than 200 header fields"),
        (b"X: " + b"y" * fields.MAX_HEADER_BYTES + b"\n" + PLAIN, "a header that is too long"),
        (PLAIN + b"x" * fields.MAX_MAIL_BYTES, "larger than 2048 KiB"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_what_is_no_mail(raw, problem):
    with pytest.raises(InputError, match=problem):
        fields.split(raw, "m.eml")


def test_folded_fields_are_unfolded():
    folded = PLAIN.replace(b"Subject: s", b"Subject: one\n two\n\tthree")

    assert fields.split(folded, "m.eml").value("subject") == "one two three"


def test_we_split_as_the_library_does_that_verifies(letter: Letter):
    import dkim  # noqa: PLC0415

    raw = letter.sent()
    headers, body = dkim.rfc822_parse(raw)
    ours = fields.split(raw, "m.eml")

    assert [name.decode().lower() for name, _ in headers] == [field.name for field in ours.fields]
    assert body.replace(b"\r\n", b"\n") == ours.body
