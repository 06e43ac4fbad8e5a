# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The files of a backup job."""

from __future__ import annotations

DOCUMENTATION = r"""
name: backup_files
short_description: The files that back up the databases of a server every day
description:
  - Returns entries for O(koor.provision.configuration#module:files), which lays them together with a component's other
    files. They are the command C(/usr/local/sbin/koor-backup-ENGINE), which also restores, its parts below
    C(/usr/local/lib/koor-backup-ENGINE), and a service and a timer of systemd named after it.
  - Backups lie in C(/var/backups/koor-provision/ENGINE), for root only. A backup is written under another name, read
    back as a whole, and only then named; older ones go when a newer one is there.
author: koor-provision maintainers
options:
  _terms:
    description: The one engine, V(mariadb), V(postgresql) or V(sqlite).
    type: list
    elements: str
    required: true
  databases:
    description: Names of the databases.
    type: list
    elements: str
    required: true
  keep:
    description: How many backups of each database are kept.
    type: int
    default: 14
  at:
    description: The time of day, as hours and minutes of the server's clock.
    type: str
    default: "02:30"
"""

EXAMPLES = r"""
- name: Lay the backup job
  koor.provision.configuration:
    files: "{{ query('koor.provision.backup_files', 'mariadb', databases=['shop'], keep=30) }}"
"""

RETURN = r"""
_raw:
  description: Entries with path, content and mode.
  type: list
  elements: dict
"""

import re
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

SOURCES = Path(__file__).parents[2] / "files" / "backup"
# What people call an engine, and the unit that must be up.
ENGINES = {
    "mariadb": ("MariaDB", "mariadb.service"),
    "postgresql": ("PostgreSQL", "postgresql.service"),
    "sqlite": ("SQLite", ""),
}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def command(engine: str, library: str) -> str:
    """Return the program that people and the service call."""
    return f"""#!/bin/sh
# Laid by koor-provision. Backs up databases of {ENGINES[engine][0]}, and restores: see --help.
exec /usr/bin/python3 -B {library}/koor_backup.py {engine} "$@"
"""


def service(engine: str, databases: list[str], keep: int) -> str:
    """Return the unit that makes one backup of each database."""
    name, after = ENGINES[engine]
    return f"""# Laid by koor-provision.
[Unit]
Description=Back up databases of {name}
{f"After={after}" if after else "# SQLite has no server."}

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/koor-backup-{engine} dump --keep {keep} {" ".join(databases)}
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=full
"""


def timer(engine: str, at: str) -> str:
    """Return the unit that says when; what was missed is made up for."""
    return f"""# Laid by koor-provision.
[Unit]
Description=Back up databases of {ENGINES[engine][0]} every day

[Timer]
OnCalendar=*-*-* {at}
RandomizedDelaySec=15min
Persistent=yes

[Install]
WantedBy=timers.target
"""


def files(engine: str, databases: list[str], keep: int, at: str) -> list[dict[str, str]]:
    """Return all files of a backup job.

    Raises:
        AnsibleError: a value that is more than it should be; each gets into a file that root's programs read.
    """
    odd = [name for name in databases if not NAME.fullmatch(name)]
    if engine not in ENGINES or odd or not databases:
        raise AnsibleError(
            f"{odd or engine!r}: an engine out of {', '.join(ENGINES)} and names of databases are needed"
        )
    if keep < 1:
        raise AnsibleError(f"keep at least 1 backup, and not {keep}")
    if not TIME.fullmatch(at):
        raise AnsibleError(f"{at!r} is no time of day; write it as 02:30")
    name, library = f"koor-backup-{engine}", f"/usr/local/lib/koor-backup-{engine}"
    sources = [SOURCES / f"koor_{part}.py" for part in ("backup", "command", engine)]
    return [
        *({"path": f"{library}/{one.name}", "content": one.read_text(encoding="utf-8")} for one in sources),
        {"path": f"/usr/local/sbin/{name}", "content": command(engine, library), "mode": "0755"},
        {"path": f"/etc/systemd/system/{name}.service", "content": service(engine, databases, keep)},
        {"path": f"/etc/systemd/system/{name}.timer", "content": timer(engine, at)},
    ]


class LookupModule(LookupBase):  # type: ignore[misc]  # ansible-core has no types
    """What Ansible calls."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, str]]:  # noqa: ANN401 - Ansible's interface
        """Return the entries."""
        self.set_options(var_options=variables, direct=kwargs)
        if len(terms) != 1:
            raise AnsibleError("name one engine")
        return files(terms[0], self.get_option("databases"), self.get_option("keep"), self.get_option("at"))
