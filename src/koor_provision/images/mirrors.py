"""The mirrors that a build may be given: for this build only, and nothing that nobody could be told."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from koor_provision.errors import InputError

_HINT = (
    "a mirror that wants a password, or whose packages nobody signed, is no source of an image: name one that serves "
    "what Debian signed, such as a proxy that has the password"
)
_LINE = re.compile(r"deb(-src)?\s")
_LOGIN = re.compile(r"[a-z0-9+]+://[^/\s@]*@", re.IGNORECASE)
_UNSIGNED = re.compile(
    r"\b(trusted|allow-insecure|allow-weak|allow-downgrade-to-insecure)\b[ \t]*[=:][ \t]*(yes|true|on|1|with|enable)",
    re.IGNORECASE,
)


def check_mirrors(mirrors: Iterable[str]) -> None:
    """Refuse mirrors with credentials, and those whose packages apt would take unsigned. No message holds a password.

    Args:
        mirrors: addresses, lines of apt or files with some, as mmdebstrap takes them.

    Raises:
        InputError: one of them is refused, or comes by standard input.
    """
    for mirror in mirrors:
        if mirror.strip() == "-":
            raise InputError(
                "standard input cannot be read here", where="--mirror", hint="give an address, a line of apt or a file"
            )
        for text in _texts(mirror):
            if _LOGIN.search(text):
                raise InputError("holds a user name or password", where="--mirror", hint=_HINT)
            if _UNSIGNED.search(text):
                raise InputError("lets apt take packages that nobody signed", where="--mirror", hint=_HINT)


def _texts(mirror: str) -> Iterator[str]:
    yield mirror
    if "://" not in mirror and not _LINE.match(mirror):
        try:
            yield Path(mirror).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise InputError(
                "is neither an address nor a file", where="--mirror", hint="give an address, a line of apt or a file"
            ) from error
