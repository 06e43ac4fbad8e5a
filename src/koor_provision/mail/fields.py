"""The header of a mail (RFC 5322), split as our signature library splits it, and held to what we need of it.

Exactly one each of From, To, Subject, Date and Message-ID: a second one may be what the reader sees, while the first
is what was signed. Addresses are read by one strict pattern, never by a lenient parser: those find the boss in
`boss@customer.example <somebody@else>`.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from koor_provision.errors import InputError
from koor_provision.models.base import Email

MAX_MAIL_BYTES = 2 * 1024 * 1024
MAX_FIELDS = 200
MAX_HEADER_BYTES = 128 * 1024
ONCE = ("from", "to", "subject", "date", "message-id")
"""Must be there exactly once, and signed."""
AT_MOST_ONCE = (
    "sender",
    "reply-to",
    "cc",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
)

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,100}):([^\x00-\x08\x0a-\x1f\x7f]*)")
_ADDRESS = r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_NAME = r'(?:"[^"\\<>@\r\n]*"|[^"\\<>@,;:()\[\]\r\n]*)'
_MAILBOX = re.compile(rf"\s*(?:({_ADDRESS})|{_NAME}\s*<({_ADDRESS})>)\s*", re.ASCII)
_IDENTITY = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}@[\x21-\x3b\x3d\x3f-\x7e]{1,250}>", re.ASCII)
_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}(?::[0-9]{2})? "
    r"(?:[+-][0-9]{4}|GMT|UT)(?: \([A-Za-z ]{1,40}\))?",
    re.ASCII,
)
_PAPER = "ask the sender for a new mail, or have a sales manager attest it: koor-provision case add-paper"


class Field(NamedTuple):
    """One header field: its name in lower case, its value without folding."""

    name: str
    value: str


class Split(NamedTuple):
    """A mail in its two halves."""

    fields: tuple[Field, ...]
    body: bytes

    def values(self, name: str) -> tuple[str, ...]:
        """The values of all fields of a name, from the top."""
        return tuple(field.value for field in self.fields if field.name == name)

    def value(self, name: str) -> str:
        """The value of a field that is there once."""
        return self.values(name)[0]


def bad(reason: str, file: str, hint: str = _PAPER) -> InputError:
    """The error that refuses a mail."""
    return InputError(reason, where=file, hint=hint)


def split(raw: bytes, file: str) -> Split:
    """Split and hold to the rules.

    Raises:
        InputError: too large, malformed, or a field is missing, repeated or not of the one form that we take.
    """
    if len(raw) > MAX_MAIL_BYTES:
        raise bad(f"larger than {MAX_MAIL_BYTES // 1024} KiB", file, "ask the sender for a mail without attachments")
    text = raw.replace(b"\r\n", b"\n")
    if b"\r" in text or b"\0" in text:
        raise bad("holds a stray line end or a zero byte", file)
    head, found, body = text.partition(b"\n\n")
    if not found:
        raise bad("has no text", file)
    fields = _fields(head, file)
    names = [field.name for field in fields]
    for name in ONCE:
        if names.count(name) != 1:
            raise bad(
                f"has {names.count(name) or 'no'} {name.title()} field{'s' if names.count(name) > 1 else ''}", file
            )
    for name in AT_MOST_ONCE:
        if names.count(name) > 1:
            raise bad(f"has {names.count(name)} {name.title()} fields", file)
    return Split(fields, body)


def _fields(head: bytes, file: str) -> tuple[Field, ...]:
    if len(head) > MAX_HEADER_BYTES:
        raise bad("has a header that is too long", file)
    lines: list[bytes] = []
    for line in head.split(b"\n"):
        if line[:1] in {b" ", b"\t"} and lines:
            lines[-1] += b" " + line.lstrip()
        else:
            lines.append(line)
        if len(lines) > MAX_FIELDS:
            raise bad(f"has more than {MAX_FIELDS} header fields", file)
    fields = []
    for line in lines:
        match = _FIELD.fullmatch(line)
        if not match:
            raise bad("has a header line that is no field", file)
        try:
            fields.append(Field(match[1].decode("ascii").lower(), match[2].decode("utf-8").strip()))
        except UnicodeDecodeError as error:
            raise bad(f"has a field {match[1].decode('ascii')} that is not text", file) from error
    return tuple(fields)


def sender(value: str, file: str) -> Email:
    """The one address of a From field.

    Raises:
        InputError: none, several, or hidden behind something that looks like another one.
    """
    match = _MAILBOX.fullmatch(value)
    if not match:
        raise bad("its From field is not one plain address", file)
    return match[1] or match[2]


def recipients(value: str, file: str) -> tuple[Email, ...]:
    """The addresses of a To field.

    Raises:
        InputError: it is not a list of plain addresses.
    """
    matches = [_MAILBOX.fullmatch(part) for part in value.split(",")]
    found = tuple(match[1] or match[2] for match in matches if match)
    if len(found) != len(matches):
        raise bad("its To field is not a list of plain addresses", file)
    return found


def identity(value: str, file: str) -> str:
    """The Message-ID.

    Raises:
        InputError: it is not of the form `<left@right>`.
    """
    if not _IDENTITY.fullmatch(value):
        raise bad("its Message-ID is malformed", file)
    return value


def sent(value: str, file: str) -> datetime:
    """When it was sent, in UTC.

    Raises:
        InputError: no date with its time zone.
    """
    text = " ".join(value.split())
    try:
        moment = parsedate_to_datetime(text) if _DATE.fullmatch(text) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # such as 31 Feb: told below
    raise bad("its Date is malformed or names no time zone", file)
