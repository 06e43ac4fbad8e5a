"""What looks like a secret in free text (R11): told by the words before it, since nobody can tell it by itself."""

import re
import unicodedata

_WORD = (
    r"(?:pa(?:ss|ß)(?:word|wort|phrase|code|wörter)s?|kennw(?:o|ö)rt(?:er)?|zugangsdaten|credentials?"
    r"|(?:api|access)[ _-]?key|\b(?:pass|pwd|pw|pin|secret|token))\b"
)
_TELLING = r"(?:[\"'`„“»«]|[^\s.,;!?'\u2019]*[^\s\w.,;:!?'\u2019-]|[^\s.,;]*[0-9])"
_SECRET = re.compile(
    # A key; a link with user and password; a word for it, and what it is. After "is" a secret is told from an ordinary
    # word ("the password is made on the server") by a digit, a sign or quotes.
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|://[^\s/:@]+:[^\s/@]+@"
    rf"|{_WORD}\s*[:=]\s*\S"
    rf"|{_WORD}\s+(?:is|ist|lautet)\s*:?\s*(?={_TELLING})\S",
    re.IGNORECASE,
)


def holds_secret(text: str) -> bool:
    """Whether a text seems to hold a password or a private key. Never quote such a text: that would spread it."""
    return bool(_SECRET.search(unicodedata.normalize("NFKC", text)))
