# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A password that is made on the target and kept there, in a file that only root can read."""

from __future__ import annotations

import configparser
import os
import secrets
import string
import tempfile
from pathlib import Path

SECRETS = "/etc/koor-provision/secrets"
# Nothing that a shell, a PHP string, an option file or a URL would take for itself.
ALPHABET = string.ascii_letters + string.digits + "-_."
LENGTH = 32


def new_password() -> str:
    """Make a password that has every kind of character a password check might ask for."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.")
        if all(any(character in kind for character in password) for kind in kinds) and password[0].isalnum():
            return password


def parse_option_file(text: str) -> str:
    """Return the password in an option file, or nothing if it is not one of ours."""
    parser = configparser.RawConfigParser(strict=True, delimiters=("=",), inline_comment_prefixes=None)
    try:
        parser.read_string(text)
        password = parser.get("client", "password")
    except configparser.Error:
        return ""
    return password if len(password) >= LENGTH and set(password) <= set(ALPHABET) else ""


def read_secret(path: Path) -> tuple[str, bool]:
    """Return what a file holds, and whether nobody but root could read it; a missing file holds nothing."""
    try:
        text = path.read_text(encoding="ascii")
        status, folder = path.stat(), path.parent.stat()
    except (FileNotFoundError, UnicodeDecodeError):
        return "", False
    return text, (status.st_mode & 0o777, status.st_uid, folder.st_mode & 0o777) == (0o600, 0, 0o700)


def write_secret(path: Path, content: str) -> None:
    """Put a file in place at once that nobody but root could ever read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    handle, temporary = tempfile.mkstemp(prefix=".koor-", dir=path.parent)  # 0600 from its first moment
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
