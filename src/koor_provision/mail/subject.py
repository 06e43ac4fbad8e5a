"""The subject of a mail: it must not take back what the text says.

A subject cannot be held to a list, since everybody words their own. So words that take something back or put a
condition on it are refused, and so is a subject that says the mail was forwarded. `Re:` and `AW:` say nothing.
"""

import re
from email.errors import HeaderParseError
from email.header import decode_header

from koor_provision.mail.courtesy import denial
from koor_provision.mail.fields import bad
from koor_provision.models.text import hidden

_MAX = 200
_CHARSETS = frozenset({"us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"})
_FORWARDED = re.compile(r"\s*(?:\[[^\]]*\]\s*)?(?:fwd?|wg|weitergeleitet)\s*:", re.IGNORECASE)
_HINT = "ask for a mail whose subject is the number of the offer or nothing but the matter"


def subject(value: str, file: str) -> str:
    """The subject in letters.

    Raises:
        InputError: it cannot be read in one way, says that the mail was forwarded, asks, or takes something back.
    """
    words = _decoded(value, file)
    if len(words) > _MAX or hidden(words):
        raise bad("its subject is too long or holds an invisible character", file, _HINT)
    if _FORWARDED.match(words):
        raise bad("its subject says that it was forwarded", file)
    if word := denial(words) or ("?" if "?" in words else None):
        raise bad(f"its subject does not go with a plain yes: '{word}'", file, _HINT)
    return words


def _decoded(value: str, file: str) -> str:
    try:
        parts = decode_header(value)
        if any(charset and charset.lower() not in _CHARSETS for _, charset in parts):
            raise bad("its subject is in a character set that we do not take", file, _HINT)
        decoded = [data if isinstance(data, str) else data.decode(charset or "ascii") for data, charset in parts]
    except (HeaderParseError, ValueError) as error:
        raise bad("its subject cannot be read", file, _HINT) from error
    return " ".join("".join(decoded).split())
