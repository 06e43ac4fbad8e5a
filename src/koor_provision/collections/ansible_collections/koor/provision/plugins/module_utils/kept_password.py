# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A password that is made on the target and kept there, in a file that only root can read."""

from __future__ import annotations

import configparser
import os
import secrets
import string
from collections.abc import Callable
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.whole_file import Access, write

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
    write(path, content.encode("ascii"), Access(os.geteuid(), os.getegid(), 0o600))


def keep(module: AnsibleModule, name: str, content: Callable[[str], str]) -> tuple[str, list[str]]:
    """Return the password in a file of the module's directory of secrets, after making it if there is none.

    Args:
        module: says where secrets lie, and whether anything may be written; it never shows the password.
        name: the file's name.
        content: what the file is to hold with a given password.

    Returns:
        The password, and what was (or in check mode would be) done for it.
    """
    path = Path(module.params["secrets"], name)
    had, private = read_secret(path)
    password = parse_option_file(had) or new_password()
    module.no_log_values.add(password)
    wanted = content(password)
    if had == wanted and private:
        return password, []
    if not module.check_mode:
        write_secret(path, wanted)
    return password, [f"write {path}"]
