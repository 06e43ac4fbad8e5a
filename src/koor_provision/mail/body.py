"""The text of a mail: the one plain text part, decoded, without what it quotes."""

import re
from email.message import Message as Part
from email.parser import BytesParser
from email.policy import compat32
from typing import NamedTuple

from koor_provision.mail import html
from koor_provision.mail.fields import Split, bad
from koor_provision.mail.quotes import unquoted
from koor_provision.models.text import hidden

MAX_PARTS = 30
MAX_TEXT = 20_000
MAX_PART = 200_000
"""Letters of the sender's own text, and of a whole part that is read, with what it quotes."""
CHARSETS = frozenset({"us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"})
_PLAIN = "ask the sender for a mail in plain text, without attachments"
_NESTING = re.compile(rb"multipart/|message/", re.IGNORECASE)
_MEANING = ("mime-version", "content-type", "content-transfer-encoding", "content-disposition")
"""Fields that say how the text is to be read: changed ones would bring out another text of the same bytes."""
_MARKUP = re.compile(rb"<|^--[^ \n]|[^\x00-\x7f]", re.MULTILINE)
_GROUPS = frozenset({"multipart/mixed", "multipart/alternative", "multipart/related"})


class Text(NamedTuple):
    """What the sender wrote, the whole plain text with what it quotes, and the kinds of the parts that are not read."""

    own: str
    whole: str
    unread: tuple[str, ...] = ()


def text(raw: bytes, halves: Split, signed: frozenset[str], file: str) -> Text:
    """The words of a mail.

    Args:
        signed: names of the header fields that the signature covers.

    Raises:
        InputError: not exactly one plain text part in the place of the text, another part that could say something
            else, a defect in the structure, or an encoding that could be read in two ways.
    """
    if len(_NESTING.findall(raw)) > MAX_PARTS:
        raise bad(f"has more than {MAX_PARTS} parts", file)
    _cannot_be_read_otherwise(halves, signed, file)
    message = BytesParser(policy=compat32).parsebytes(raw.replace(b"\r\n", b"\n"))
    parts = list(message.walk())
    if len(parts) > MAX_PARTS:
        raise bad(f"has more than {MAX_PARTS} parts", file)
    if any(part.get_content_maintype() == "message" for part in parts):
        raise bad("holds another mail: what was forwarded is not proven by who forwards it", file)
    leaves = [part for part in parts if not part.is_multipart()]
    _only_what_is_read(leaves, file)
    plain = _first(message, file)
    whole = _decoded(plain, file)
    own = _own(whole, file)
    if any(part.defects for part in parts):
        raise bad("is not well formed", file)
    shown = [_decoded(part, file) for part in leaves if part.get_content_type() == "text/html"]
    if shown and (reason := html.difference("\n".join(shown), whole)):
        raise bad(reason, file, _PLAIN)
    return Text(own, whole, tuple(part.get_content_type() for part in leaves if part.get_content_maintype() != "text"))


def _cannot_be_read_otherwise(halves: Split, signed: frozenset[str], file: str) -> None:
    """What says how the text is to be read is signed; or is not there, and nothing in the text would need it."""
    present = [name for name in _MEANING if halves.values(name)]
    if loose := [name.title() for name in present if name not in signed]:
        raise bad(f"its signature does not cover {', '.join(loose)}, so its text could be read in another way", file)
    if "content-type" not in signed and _MARKUP.search(halves.body):
        raise bad("it does not say how its text is to be read (Content-Type), and its signature allows for any", file)


def _only_what_is_read(leaves: list[Part], file: str) -> None:
    """One plain text, its HTML, and pictures that belong to that: what else a part says, nobody has read."""
    plain = [part for part in leaves if part.get_content_type() == "text/plain"]
    if len(plain) != 1:
        raise bad(f"has {len(plain) or 'no'} plain text part{'s' if len(plain) > 1 else ''}", file, _PLAIN)
    for part in leaves:
        kind = part.get_content_type()
        attached = part.get_content_disposition() == "attachment"
        if part.get_content_maintype() == "text":
            attached = attached or part.get_filename() is not None
            known = kind in {"text/plain", "text/html"}
        else:
            known = part.get_content_maintype() == "image"
        if attached or not known:
            raise bad(f"has an attachment ({kind}): what it says is not read", file, _PLAIN)


def _first(message: Part, file: str) -> Part:
    """The plain text in the place of a mail's text: the mail itself, or the first leaf of its groups."""
    part = message
    while part.is_multipart():
        group = part.get_payload()
        if part.get_content_type() not in _GROUPS or not isinstance(group, list) or not group:
            raise bad(f"is put together in a way that we do not know ({part.get_content_type()})", file, _PLAIN)
        if part.get_content_subtype() == "alternative" and any(
            one.get_content_maintype() not in {"text", "multipart"} for one in group if isinstance(one, Part)
        ):
            raise bad("has a picture that is shown instead of its text", file, _PLAIN)
        part = group[0]  # type: ignore[assignment]  # as the parser makes it
    if part.get_content_type() != "text/plain":
        raise bad("its plain text is not in the place of its text", file, _PLAIN)
    return part


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
    if len(data) > MAX_PART:
        raise bad("its text is too long", file, "ask for the one sentence that is needed, in a mail of its own")
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise bad(f"its text is not {charset} as it says", file, _PLAIN) from error


def _own(decoded: str, file: str) -> str:
    words = unquoted(decoded).replace("\u00a0", " ")
    if len(words) > MAX_TEXT:
        raise bad("its text is too long", file, "ask for the one sentence that is needed, in a mail of its own")
    if letter := hidden(words, "\n\t"):
        raise bad(f"its text holds the invisible character U+{ord(letter):04X}", file, _PLAIN)
    return words
