import base64

import pytest
from tests.mails import ACCEPTS, Letter

from koor_provision.errors import InputError
from koor_provision.mail.body import own
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


@pytest.mark.parametrize("covered", [(), TYPES])
def test_the_plain_text_of_a_mail_in_parts(letter: Letter, covered):
    raw = sent(letter, {"Content-Type": 'multipart/alternative; boundary="b1"'}, PARTS.format(text=ACCEPTS), *covered)

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


class TestAContentTypeThatIsNotSigned:
    """Some providers leave it out; a changed one must not bring out another text of the same signed body."""

    INNER = f"No, we do not.\n--b2\nContent-Type: text/plain\n\n{ACCEPTS}\n--b2--\n"

    def changed(self, letter: Letter, to: str) -> bytes:
        raw = sent(letter, {"Content-Type": 'multipart/mixed; boundary="b1"'}, PARTS.format(text=self.INNER))
        return raw.replace(b'multipart/mixed; boundary="b1"', to.encode())

    @pytest.mark.parametrize("to", ['multipart/mixed; boundary="b2"', "text/plain", "multipart/mixed"])
    def test_another_boundary_or_none(self, letter: Letter, to):
        with pytest.raises(InputError, match="its Content-Type is not signed, and could hide a part"):
            letter.read(self.changed(letter, to))

    def test_a_boundary_in_a_plain_text(self, letter: Letter):
        raw = sent(letter, {"Content-Type": "text/plain"}, f"We think.\n{self.INNER}")

        with pytest.raises(InputError, match="its Content-Type is not signed"):
            letter.read(raw.replace(b"text/plain", b"multipart/mixed; boundary=b2", 1))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mine\n> theirs\n>> older", "mine"),
        ("mine\n\nAm 20.11.2026 um 10:00 schrieb Koor:\nI accept", "mine"),
        ("mine\n\nOn Friday, 20 November 2026, Koor wrote:\nI accept", "mine"),
        ("mine\n\n-----Original Message-----\nI accept", "mine"),
        ("mine\n\n-----Ursprüngliche Nachricht-----\nI accept", "mine"),
        ("mine\n\nVon: Koor <orders@koor.example>\nI accept", "mine"),
        ("mine\n\nFrom: Koor\nI accept", "mine"),
        ("mine\n________________________________\nI accept", "mine"),
        ("mine\n-- \nAnna Example", "mine"),
        ("mine\r\nand mine", "mine\nand mine"),
    ],
)
def test_what_is_quoted_is_not_said(text, kept):
    assert own(text, "m.eml") == kept
