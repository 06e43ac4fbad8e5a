# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The application's own files of settings: what stands where in them, and how it is set without breaking them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.koor.provision.plugins.module_utils.application_tree import Refused

WORKS = {
    "admin": "schema",
    "schema": "schema",
    "insert": "insert",
    "select": "select",
    "update": "update",
    "delete": "delete",
}
"""Each of the application's connections, and the account whose work it is."""
KEY = re.compile(r'^\s*SetEnv\s+OMS_PRIVATE_KEY_I\s+"?([^"\s]+)"?\s*$', re.MULTILINE)
# A quote or a backslash would end the text in the application's file, which it does not notice.
SAFE = re.compile(r"[\w&(),./+@ -]{1,190}")


def set_masters(text: str, logins: Mapping[str, Mapping[str, str]]) -> str:
    """Set what each connection of the database signs in with.

    Args:
        text: a file as `Install/config.php` and `config.php` are.
        logins: by the connection's name, the fields to be set, such as `login` and `password`.
    """
    start = text.find("'masters'")
    if start < 0:
        raise Refused("the configuration has no 'masters': this is another application than the one known here")
    head, tail = text[:start], text[start:]
    for name, fields in logins.items():
        match = re.search(rf"'{name}'\s*=>\s*\[(.*?)\]", tail, re.DOTALL)
        if match is None:
            raise Refused(f"the configuration has no connection '{name}'")
        block = match[1]
        for field, value in fields.items():
            block = _set(block, rf"('{field}'\s*=>\s*)'[^']*'", value, f"'{field}' of '{name}'")
        tail = tail[: match.start(1)] + block + tail[match.end(1) :]
    return head + tail


def masters(text: str) -> dict[str, str]:
    """Return the login of each connection."""
    tail = text[max(text.find("'masters'"), 0) :]
    found = re.findall(r"'(\w+)'\s*=>\s*\[[^\[\]]*?'login'\s*=>\s*'([^']*)'", tail, re.DOTALL)
    return dict(found)


def set_variables(text: str, values: Mapping[str, str]) -> str:
    """Set the variables that whoever installs must set at the top of the installer."""
    for name, value in values.items():
        text = _set(text, rf"^(\${name}\s*=\s*)'[^']*'", value, f"${name}")
    return text


def _set(text: str, pattern: str, value: str, what: str) -> str:
    if not SAFE.fullmatch(value):
        raise Refused(f"the value for {what} has letters that would break the application's configuration")
    result, count = re.subn(pattern, lambda match: f"{match[1]}'{value}'", text, count=1, flags=re.MULTILINE)
    if count != 1:
        raise Refused(f"the configuration has no {what}: this is another version than those known here")
    return result


def adapt_rules(text: str, handler: str) -> str:
    """Return the application's `.htaccess` as Apache can take it.

    `[L]` belongs behind a rule; behind a condition it makes Apache answer 500 under a real name. `php_value` is known
    only where PHP runs inside Apache: elsewhere it makes every page answer 500.
    """
    lines = []
    for line in text.splitlines():
        if re.match(r"\s*RewriteCond\s", line, re.IGNORECASE):
            lines.append(re.sub(r"\s*\[L\]\s*$", "", line))
        elif handler != "mod_php" and re.match(r"\s*php_(value|flag)\s", line, re.IGNORECASE):
            continue
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def private_key(text: str) -> str:
    """Return the key that the application's stored settings are encrypted with; nothing where there is none."""
    match = KEY.search(text)
    return match[1] if match else ""
