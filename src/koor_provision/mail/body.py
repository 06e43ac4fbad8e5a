"""The text of a mail: the one plain text part, decoded, without what it quotes."""

import re
from email.message import Message as Part
from email.parser import BytesParser
from email.policy import compat32

from koor_provision.mail.fields import Split, bad
from koor_provision.models.text import hidden

MAX_PARTS = 30
MAX_TEXT = 20_000
CHARSETS = frozenset({"us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"})
_PLAIN = "ask the sender for a mail in plain text"
_NESTING = re.compile(rb"multipart/|message/", re.IGNORECASE)
_BOUNDARY = re.compile(rb"--([^\n]{1,70})\n")
# What mail programs put before the text that a reply quotes, in English and in German.
_QUOTES_BELOW = re.compile(
    r"-{2,}\s*(original message|forwarded message|urspr.ngliche nachricht|weitergeleitete nachricht).*"
    r"|_{10,}|(on|am)\b.{5,200}\b(wrote|schrieb)\b.{0,200}:|begin forwarded message:|anfang der weitergeleiteten.*:"
    r"|(from|von):\s.*",
    re.IGNORECASE,
)


def text(raw: bytes, halves: Split, signed: frozenset[str], file: str) -> str:
    """The words that the sender wrote.

    Args:
        signed: names of the header fields that the signature covers.

    Raises:
        InputError: not exactly one plain text part, a defect in its structure, or an encoding that could be read in
            two ways.
    """
    if len(_NESTING.findall(raw)) > MAX_PARTS:
        raise bad(f"has more than {MAX_PARTS} parts", file)
    message = BytesParser(policy=compat32).parsebytes(raw.replace(b"\r\n", b"\n"))
    if "content-type" not in signed:
        _cannot_be_read_otherwise(message, halves.body, file)
    parts = list(message.walk())
    if len(parts) > MAX_PARTS:
        raise bad(f"has more than {MAX_PARTS} parts", file)
    if any(part.get_content_maintype() == "message" for part in parts):
        raise bad("holds another mail: what was forwarded is not proven by who forwards it", file)
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    if len(plain) != 1:
        raise bad(f"has {len(plain) or 'no'} plain text part{'s' if len(plain) > 1 else ''}", file, _PLAIN)
    decoded = _decoded(plain[0], file)
    if any(part.defects for part in parts):
        raise bad("is not well formed", file)
    return own(decoded, file)


def _cannot_be_read_otherwise(message: Part, body: bytes, file: str) -> None:
    """Content-Type is not signed (some providers leave it out): a changed one must not bring out another text.

    A body in parts shows its own outermost boundary: it begins and ends with it. Any other body must not look so.
    """
    shown = _BOUNDARY.match(body.lstrip(b"\n"))
    if message.is_multipart():
        boundary = str(message.get_boundary() or "").encode("utf-8", "surrogateescape")
        if not shown or shown[1].rstrip() != boundary or not body.rstrip().endswith(b"--" + boundary + b"--"):
            raise bad("its Content-Type is not signed, and could hide a part", file)
    elif shown:
        raise bad("its Content-Type is not signed, and could hide a part", file)


def _decoded(part: Part, file: str) -> str:
    encoding = str(part.get("content-transfer-encoding", "7bit")).strip().lower()
    if encoding not in {"7bit", "8bit", "quoted-printable", "base64"}:
        raise bad("its text is in an encoding that we do not know", file, _PLAIN)
    charset = str(part.get_content_charset("us-ascii")).lower()
    if charset not in CHARSETS:
        raise bad("its text is in a character set that we do not take", file, _PLAIN)
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise bad("its text is not a plain part", file, _PLAIN)
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise bad(f"its text is not {charset} as it says", file, _PLAIN) from error


def own(decoded: str, file: str) -> str:
    """What stands above and between the quotations.

    Raises:
        InputError: too long, or letters in it do not show.
    """
    lines = [line.rstrip() for line in decoded.replace("\r\n", "\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if _QUOTES_BELOW.fullmatch(line.strip()) or line == "--":
            break  # a quotation, or the signature block
        if not line.startswith(">"):
            kept.append(line.replace("\u00a0", " "))
    words = "\n".join(kept).strip("\n")
    if len(words) > MAX_TEXT:
        raise bad("its text is too long", file, "ask for the one sentence that is needed, in a mail of its own")
    if letter := hidden(words, "\n\t"):
        raise bad(f"its text holds the invisible character U+{ord(letter):04X}", file, _PLAIN)
    return words
