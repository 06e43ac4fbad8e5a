# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rights of an account of MariaDB: from those that it has to exactly those that it should have."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

GRANT = re.compile(r"GRANT (?P<rights>.+) ON (?P<object>\S+) TO .*?(?P<option> WITH GRANT OPTION)?$")


def grant_statements(account: dict[str, Any], grants: str, there: Collection[str] = ()) -> list[str]:
    """Return what leads from the output of SHOW GRANTS to exactly the wanted rights; `there` are the tables."""
    who = f"'{account['name']}'@'{account['host']}'"
    # a bare underscore would mean any character, but in the name of one table
    wanted = {"`{}`.*".format(account["database"].replace("_", r"\_")): set(account["privileges"])}
    for table, rights in account.get("tables", {}).items():
        if table in there:
            wanted[f"`{account['database']}`.`{table}`"] = set(rights)
    had: dict[str, set[str]] = {place: set() for place in wanted}
    foreign = False
    for line in grants.splitlines():
        match = GRANT.match(line)
        if match and match["object"] in wanted and not match["option"]:
            had[match["object"]] = {right.strip() for right in match["rights"].split(",")}
        elif not (match and match["object"] == "*.*" and match["rights"] == "USAGE" and not match["option"]):
            foreign = True
    result = [f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {who}"] if foreign else []
    for place, rights in wanted.items():
        has: set[str] = set() if foreign else had[place]
        if has - rights:
            result.append(f"REVOKE {', '.join(sorted(has - rights))} ON {place} FROM {who}")
        if rights - has:
            result.append(f"GRANT {', '.join(sorted(rights - has))} ON {place} TO {who}")
    return result
