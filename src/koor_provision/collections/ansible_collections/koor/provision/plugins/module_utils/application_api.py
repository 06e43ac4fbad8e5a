# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The application's own interface for those who work with it: signed in as its first administrator, as over the web."""

from __future__ import annotations

import http.client
import re
import subprocess
import urllib.parse
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path

from ansible_collections.koor.provision.plugins.module_utils.application_database import Database, Failed
from ansible_collections.koor.provision.plugins.module_utils.application_web import connected
from ansible_collections.koor.provision.plugins.module_utils.kept_password import parse_option_file

SECONDS = 60
FORM = "application/x-www-form-urlencoded"
# As an attribute of a page, in a link, or in a script's data.
TOKEN = re.compile(r"""CSRF["']?(?:\s+(?:content|value)=|\s*[=:])\s*["']?([A-Za-z0-9+/_-]{8,}={0,2})""")
STILL = '[$word, $hash] = explode("\\n", stream_get_contents(STDIN)); exit(password_verify($word, $hash) ? 0 : 1);'


def first_password(base: Database, secret: Path) -> str:
    """Return the first administrator's password while it is still theirs; nothing where they changed it.

    It is held against the database, since a wrong one over the web would lock the account.
    """
    password = parse_option_file(secret.read_text(encoding="ascii")) if secret.is_file() else ""
    hashes = base.sql("SELECT account_password FROM account WHERE account_login = 'admin'")
    if not password or not hashes:
        return ""
    given = f"{password}\n{hashes[0][0]}"
    done = subprocess.run(["php", "-r", STILL], input=given, text=True, capture_output=True, check=False)
    return password if done.returncode == 0 else ""


class Session:
    """Somebody who is signed in."""

    def __init__(self, name: str, *, https: bool) -> None:
        """Note where the application answers: on this machine, by the site's name."""
        self._name, self._https = name, https
        self._cookies: SimpleCookie = SimpleCookie()
        self._token = ""

    def sign_in(self, login: str, password: str) -> None:
        """Sign in, and find the token that further requests need.

        Raises:
            Failed: the application does not let them in, or its pages have no token.
        """
        status, _ = self.send("POST", "/en/api/login", {"user": login, "pass": password})
        if status != 200:  # noqa: PLR2004
            raise Failed(f"the application does not let its first administrator in: it answers {status}")
        status, page = self.send("GET", "/en/backend")
        found = TOKEN.search(page)
        if status != 200 or not found:  # noqa: PLR2004
            raise Failed(f"the backend answers {status} and names no CSRF token, so nothing can be entered")
        self._token = found[1]

    def put(self, path: str, **fields: str) -> int:
        """Make something; returns what the application answers."""
        return self.send("PUT", path, {**fields, "CSRF": self._token})[0]

    def send(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a request to this machine's web server; returns status and body.

        Raises:
            Failed: it does not answer.
        """
        headers = {"Host": self._name} if self._name else {}
        headers |= {"Content-Type": FORM} if fields else {}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in self._cookies.items())
        body = urllib.parse.urlencode(fields) if fields else None
        try:
            with closing(connected(self._name, https=self._https, seconds=SECONDS)) as connection:
                connection.request(method, path, body=body, headers=headers)
                answer = connection.getresponse()
                for name, value in answer.getheaders():
                    if name.lower() == "set-cookie":
                        self._cookies.load(value)
                return answer.status, answer.read(1 << 20).decode(errors="replace")
        except (OSError, http.client.HTTPException) as problem:
            raise Failed(f"the web server does not answer: {problem}") from problem
