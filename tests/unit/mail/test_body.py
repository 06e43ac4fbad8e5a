import base64

import pytest
from tests.mails import ACCEPTS, Letter

from koor_provision.errors import InputError
from koor_provision.models.mail import Says

PARTS = """--b1
Content-Type: text/plain; charset=utf-8

{text}
--b1
Content-Type: text/html; charset=utf-8

<p>{text}</p>
--b1--
"""
SIGNED = (b"from", b"to", b"subject", b"date", b"message-id")


def sent(letter: Letter, content: dict[str, str], body: str | bytes, *covered: bytes) -> bytes:
    header = "".join(f"{name}: {value}\r\n" for name, value in {**letter.fields, **content}.items())
    data = body if isinstance(body, bytes) else body.encode()
    return letter.signed_as_it_is(header.encode() + b"\r\n" + data.replace(b"\n", b"\r\n"), cover=(*SIGNED, *covered))


TYPES = (b"content-type", b"content-transfer-encoding")


@pytest.mark.parametrize("kind", ["alternative", "mixed", "related"])
def test_the_plain_text_of_a_mail_in_parts(letter: Letter, kind):
    raw = sent(letter, {"Content-Type": f'multipart/{kind}; boundary="b1"'}, PARTS.format(text=ACCEPTS), *TYPES)

    assert letter.read(raw)[1].says is Says.ACCEPTANCE


@pytest.mark.parametrize(
    ("encoding", "charset", "data"),
    [
        ("7bit", "us-ascii", ACCEPTS.encode()),
        ("base64", "utf-8", base64.encodebytes(f"{ACCEPTS}\n\nGrüße".encode())),
        ("quoted-printable", "utf-8", ACCEPTS.replace("O-2026", "=4F-2026").encode()),
        ("8bit", "iso-8859-1", f"{ACCEPTS}\n\nGrüße".encode("latin-1")),
        ("8BIT", "Windows-1252", f"{ACCEPTS}\n\nGrüße".encode("cp1252")),
    ],
)
def test_encodings(letter: Letter, encoding, charset, data):
    content = {"Content-Type": f"text/plain; charset={charset}", "Content-Transfer-Encoding": encoding}

    assert letter.read(sent(letter, content, data, *TYPES))[1].offer == ("O-2026-0815", 1)


@pytest.mark.parametrize(
    ("encoding", "charset", "data", "problem"),
    [
        ("x-uuencode", "utf-8", b"x", "in an encoding that we do not know"),
        ("7bit", "utf-7", b"x", "in a character set that we do not take"),
        ("7bit", "rot13", b"x", "in a character set that we do not take"),
        ("8bit", "utf-8", b"\xff", "its text is not utf-8 as it says"),
        ("8bit", "us-ascii", "Grüße".encode(), "its text is not us-ascii as it says"),
        ("base64", "utf-8", b"!!!!", "is not well formed|is not a plain part|understood"),
        ("8bit", "utf-8", "I accept\u202e".encode(), r"the invisible character U\+202E"),
        ("8bit", "utf-8", "I \u200baccept".encode(), r"the invisible character U\+200B"),
        ("8bit", "utf-8", b"x" * 20_001, "its text is too long"),
    ],
)
def test_a_text_that_could_be_read_in_two_ways(letter: Letter, encoding, charset, data, problem):
    content = {"Content-Type": f"text/plain; charset={charset}", "Content-Transfer-Encoding": encoding}

    with pytest.raises(InputError, match=problem):
        letter.read(sent(letter, content, data, *TYPES))


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [
        ("text/html", f"<p>{ACCEPTS}</p>", "has no plain text part"),
        (
            "multipart/mixed; boundary=b1",
            PARTS.replace("text/html", "text/plain").format(text="x"),
            "2 plain text parts",
        ),
        (
            "multipart/mixed; boundary=b1",
            PARTS.replace("text/html; charset=utf-8", "message/rfc822").format(text=ACCEPTS),
            "holds another mail",
        ),
        ("multipart/mixed; boundary=b1", f"--b1\n\n{ACCEPTS}\n", "is not well formed"),
        ("multipart/mixed", ACCEPTS, "has no plain text part|is not well formed"),
        ("multipart/mixed; boundary=b1", "--b1\nContent-Type: multipart/mixed\n" * 40, "has more than 30 parts"),
        (
            "multipart/mixed; boundary=b1",
            "--b1\nContent-Type: text/html\n\nx\n" * 40 + "--b1--\n",
            "more than 30 parts",
        ),
    ],
)
def test_a_structure_that_hides_something(letter: Letter, kind, body, problem):
    with pytest.raises(InputError, match=problem):
        letter.read(sent(letter, {"Content-Type": kind}, body, *TYPES))


class TestHowTheTextIsToBeReadIsNotSigned:
    """Some providers leave the fields out that say it; changed ones must not bring out another text."""

    REFUSAL = f"No, we do not want this. You asked for:\n<blockquote>\n\n{ACCEPTS}\n\n</blockquote>\n"

    @pytest.mark.parametrize(
        "field",
        [
            {"Content-Type": "text/plain"},
            {"Content-Transfer-Encoding": "7bit"},
            {"Content-Disposition": "inline"},
            {"MIME-Version": "1.0"},
        ],
    )
    def test_each_field_must_be_covered(self, letter: Letter, field):
        with pytest.raises(InputError, match=f"its signature does not cover {next(iter(field)).title()}"):
            letter.read(sent(letter, field, ACCEPTS))

    def test_a_refusal_in_html_that_becomes_plain_text(self, letter: Letter):
        raw = sent(letter, {"Content-Type": "text/html"}, self.REFUSAL)

        for changed in (raw, raw.replace(b"text/html", b"text/plain")):
            with pytest.raises(InputError, match="its signature does not cover Content-Type"):
                letter.read(changed)

    @pytest.mark.parametrize(
        "body", [REFUSAL, PARTS.format(text=ACCEPTS), f"{ACCEPTS}\n\n-- \n--b1\n\nNo.\n", f"{ACCEPTS}\n\nAn\u00fea"]
    )
    def test_the_field_is_taken_out(self, letter: Letter, body):
        with pytest.raises(InputError, match="it does not say how its text is to be read"):
            letter.read(sent(letter, {}, body))

    def test_a_mail_without_any_of_them_is_plain_ascii(self, letter: Letter):
        assert letter.read(sent(letter, {}, f"{ACCEPTS}\n\n-- \nAnna Example\n"))[1].says is Says.ACCEPTANCE


TEXT = "Content-Type: text/plain\n"
HTML = "Content-Type: text/html\n"


def parts(*several: str, kind: str = "mixed") -> tuple[dict[str, str], str]:
    body = "".join(f"--b1\n{part}\n" for part in several)
    return {"Content-Type": f"multipart/{kind}; boundary=b1"}, f"{body}--b1--\n"


@pytest.mark.parametrize(
    ("several", "problem"),
    [
        (
            (
                f"{HTML}\nWe do NOT accept. See attached",
                f"{TEXT}Content-Disposition: attachment; filename=d.txt\n\n{ACCEPTS}",
            ),
            r"has an attachment \(text/plain\)",
        ),
        ((f"{HTML}\nWe do NOT accept.", f"{TEXT}\n{ACCEPTS}"), "its plain text is not in the place of its text"),
        ((f"Content-Type: text/plain; name=d.txt\n\n{ACCEPTS}",), r"has an attachment \(text/plain\)"),
        ((f"{TEXT}Content-Disposition: inline; filename=d.txt\n\n{ACCEPTS}",), r"has an attachment \(text/plain\)"),
        ((f"{TEXT}\n{ACCEPTS}", f"{HTML}\n<p>We do NOT accept.</p>"), "its HTML part says something else"),
        ((f"{TEXT}\n{ACCEPTS}", "Content-Type: text/calendar\n\nx"), r"has an attachment \(text/calendar\)"),
        ((f"{TEXT}\n{ACCEPTS}", "Content-Type: application/pdf\n\nx"), r"has an attachment \(application/pdf\)"),
        (
            (f"{TEXT}\n{ACCEPTS}", "Content-Type: image/png\nContent-Disposition: attachment\n\nx"),
            r"has an attachment \(image/png\)",
        ),
    ],
)
def test_a_part_that_could_say_something_else(letter: Letter, several, problem):
    with pytest.raises(InputError, match=problem):
        letter.read(sent(letter, *parts(*several), *TYPES))


def test_a_picture_instead_of_the_text(letter: Letter):
    several = parts(f"{TEXT}\n{ACCEPTS}", "Content-Type: image/png\n\nx", kind="alternative")

    with pytest.raises(InputError, match="has a picture that is shown instead of its text"):
        letter.read(sent(letter, *several, *TYPES))


def test_another_group(letter: Letter):
    with pytest.raises(InputError, match=r"in a way that we do not know \(multipart/parallel\)"):
        letter.read(sent(letter, *parts(f"{TEXT}\n{ACCEPTS}", kind="parallel"), *TYPES))


def test_a_picture_in_the_html_is_told(letter: Letter):
    several = parts(
        f"{TEXT}\n{ACCEPTS}", f"{HTML}\n<p>{ACCEPTS}</p><img>", "Content-Type: image/png\n\nx", kind="related"
    )

    assert letter.read(sent(letter, *several, *TYPES))[0].unread == ("image/png",)
