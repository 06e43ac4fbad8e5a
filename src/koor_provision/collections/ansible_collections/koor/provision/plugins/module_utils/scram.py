# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a PostgreSQL server keeps of a password (RFC 5802, RFC 7677), from which it cannot be had back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

ITERATIONS = 4096
VERIFIER = re.compile(r"SCRAM-SHA-256\$(?P<iterations>[0-9]+):(?P<salt>[A-Za-z0-9+/=]+)\$\S+")


def scram_verifier(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """Return the verifier of a password in the form that PostgreSQL takes for one (RFC 5803)."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    texts = [base64.b64encode(value).decode() for value in (salt, stored, server)]
    return f"SCRAM-SHA-256${iterations}:{texts[0]}${texts[1]}:{texts[2]}"


def is_of(password: str, verifier: str) -> bool:
    """Tell whether a verifier is that of a password."""
    match = VERIFIER.fullmatch(verifier)
    if not match:
        return False
    return scram_verifier(password, base64.b64decode(match["salt"]), int(match["iterations"])) == verifier
