# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Does the application work? Its exit code 0 and a page with 200 mislead, so this looks at what it really answers."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.koor.provision.plugins.module_utils.application_database import Database, Failed
from ansible_collections.koor.provision.plugins.module_utils.application_web import connected

SECONDS = 30
GRAVE = {"critical", "alert", "emergency"}
TITLE = re.compile(r"<title[^>]*>\s*[^<\s]")


@dataclass(frozen=True)
class Answer:
    """What the web server answered."""

    status: int
    body: str


def ask(path: str, name: str, *, https: bool) -> Answer:
    """Ask this machine's web server for a page of the site."""
    with closing(connected(name, https=https, seconds=SECONDS)) as connection:
        connection.request("GET", path, headers={"Host": name} if name else {})
        response = connection.getresponse()
        return Answer(response.status, response.read(65536).decode(errors="replace"))


def pages(name: str, *, https: bool) -> list[str]:
    """Return what is wrong with what the application answers."""
    try:
        found = {path: ask(path, name, https=https) for path in ("/", "/api", "/config.php", "/Install/cli.php")}
    except (OSError, http.client.HTTPException) as problem:
        return [f"the web server does not answer: {problem}"]
    wrong = []
    front = found["/"]
    if front.status != 403 or not TITLE.search(front.body):  # noqa: PLR2004 - nobody is signed in
        wrong.append(f"the front page answers {front.status} with {len(front.body)} characters, not 403 with its title")
    try:
        readable = isinstance(json.loads(found["/api"].body), dict | list)
    except ValueError:
        readable = False
    if found["/api"].status != 404 or not readable:  # noqa: PLR2004 - the API, asked for nothing
        wrong.append(f"the API answers {found['/api'].status} and no JSON, not 404 with JSON")
    if found["/config.php"].status == 200 and found["/config.php"].body:  # noqa: PLR2004
        wrong.append("config.php can be read from outside")
    if found["/Install/cli.php"].status not in {403, 404}:
        wrong.append("Install/ can be reached from outside")
    return wrong


def database(base: Database, minimum: dict[str, int], *, fresh: bool = False) -> list[str]:
    """Return what is missing in the database.

    A module that nobody uses is hidden by being deactivated (R12), so all of them count; only what was installed a
    moment ago must have them all active.
    """
    try:
        tables = base.tables()
        columns = {row[0] for row in base.sql("SHOW COLUMNS FROM module")}
        status = next(iter(sorted(columns & {"module_status", "module_active"}, reverse=True)), "")
        found = {
            "tables": len(tables),
            "modules": base.count("module", f"{status} = 1" if status and fresh else "TRUE"),
            "apps": base.count("app"),
        }
        admins = base.sql(
            "SELECT COUNT(*) FROM account_group JOIN `group` ON account_group_group = group_id "
            "WHERE group_name = 'admin'"
        )[0][0]
    except Failed as problem:
        return [f"the database is not the application's: {problem}"]
    wrong = [
        f"the database has {found[what]} {what}, and {least} are the least"
        for what, least in minimum.items()
        if found[what] < least
    ]
    return wrong if int(admins) else [*wrong, "nobody is in the group admin"]


def files(root: Path) -> list[str]:
    """Return what is wrong with the application's files."""
    done = subprocess.run(["php", "-l", str(root / "config.php")], capture_output=True, text=True, check=False)
    wrong = [] if done.returncode == 0 else ["config.php is no valid PHP"]
    if not any(path.is_dir() for path in (root / "Web").glob("*")):
        wrong.append("there is no application below Web/")
    return wrong


def sizes_of_logs(root: Path) -> dict[str, int]:
    """Return how long each log is, to know later what came after."""
    return {path.name: path.stat().st_size for path in (root / "Logs").glob("*.log")}


def grave_logs(root: Path, before: dict[str, int]) -> list[str]:
    """Return the grave messages that were logged since, without what they say."""
    found = []
    for path in sorted((root / "Logs").glob("*.log")):
        with path.open("rb") as file:
            file.seek(before.get(path.name, 0))
            for line in file.read().decode(errors="replace").splitlines():
                parts = line.split("; ")
                if len(parts) > 1 and parts[1].strip() in GRAVE:
                    found.append(f"{path.name} has a message of the level {parts[1].strip()}")
    return found


def complaints(root: Path, base: Database, parameters: dict[str, Any], *, fresh: bool = False) -> list[str]:
    """Return everything that is wrong; nothing where the application works.

    Args:
        root: its files.
        base: its database.
        parameters: those of the module.
        fresh: it was installed a moment ago, and nobody had time to change anything.
    """
    before = sizes_of_logs(root)
    answered = pages(parameters["domain"], https=parameters["https"])
    data = database(base, parameters["minimum"], fresh=fresh)
    return [*files(root), *answered, *data, *grave_logs(root, before)]
