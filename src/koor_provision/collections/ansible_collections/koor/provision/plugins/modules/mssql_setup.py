#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The first start of SQL Server, and its memory."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mssql_setup
short_description: Set up an installed SQL Server
description:
  - Runs C(mssql-conf setup) once, with a password for the administrator C(sa) that is made on this host. It is kept in
    C(mssql-sa.cnf), for root only, and is told to the program in its environment and never as an argument.
  - Sets the limit of memory, which counts after a restart.
author: koor-provision maintainers
options:
  edition:
    description: Edition, as C(MSSQL_PID) knows it.
    type: str
    required: true
    choices: [evaluation, developer, express, web, standard, enterprise]
  accept_eula:
    description: Whether the customer accepts the licence terms of SQL Server. Nothing is done unless they do.
    type: bool
    required: true
  memory_mb:
    description: Memory that SQL Server may use, in MB.
    type: int
    required: true
  program:
    description: Where C(mssql-conf) is.
    type: path
    default: /opt/mssql/bin/mssql-conf
  directory:
    description: Where SQL Server keeps its data and its configuration.
    type: path
    default: /var/opt/mssql
  secrets:
    description: Directory of the password.
    type: path
    default: /etc/koor-provision/secrets
attributes:
  check_mode:
    description: Says what would be done, also before SQL Server is installed.
    support: full
  diff_mode:
    description: No diff, since a secret is near.
    support: none
"""

EXAMPLES = r"""
- name: Set up SQL Server
  koor.provision.mssql_setup:
    edition: standard
    accept_eula: true
    memory_mb: 8192
"""

RETURN = r"""
actions:
  description: What was (or in check mode would be) done, without any secret.
  returned: always
  type: list
  elements: str
  sample: [write /etc/koor-provision/secrets/mssql-sa.cnf, set up, limit memory to 8192 MB]
"""

import configparser
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.kept_password import (
    SECRETS,
    new_password,
    parse_option_file,
    read_secret,
    write_secret,
)

EDITIONS = ["evaluation", "developer", "express", "web", "standard", "enterprise"]


def option_file(password: str) -> str:
    """Return the file in which the password is kept."""
    return (
        "# Made on this server by koor-provision. Nobody else has this password.\n"
        f"[client]\nhost=127.0.0.1\nport=1433\nuser=sa\npassword={password}\n"
    )


def memory_limit(text: str) -> str:
    """Return the limit that mssql.conf sets, or nothing."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return ""
    return parser.get("memory", "memorylimitmb", fallback="")


class Setup:
    """The work, step by step."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.actions: list[str] = []

    def conf(self, action: str, *words: str, environment: dict[str, str] | None = None) -> None:
        """Run mssql-conf, or in check mode only say so."""
        self.actions.append(action)
        if self.module.check_mode:
            return
        argv = [self.module.params["program"], *words]
        rc, out, err = self.module.run_command(argv, environ_update=environment or {})
        if rc != 0:
            self.module.fail_json(
                msg=f"mssql-conf {words[0]} failed: {(err or out).strip()[-1000:]}", actions=self.actions
            )

    def first_start(self) -> None:
        """Set up what was never set up; the password is kept before, so that a crash loses nothing."""
        path = Path(self.module.params["secrets"], "mssql-sa.cnf")
        had, private = read_secret(path)
        done = Path(self.module.params["directory"], "data", "master.mdf").exists()
        kept = parse_option_file(had)
        if done and not kept:
            self.module.warn("SQL Server was set up before by somebody else, who has its password; it stays")
            return
        password = kept or new_password()
        self.module.no_log_values.add(password)
        if had != option_file(password) or not private:
            self.actions.append(f"write {path}")
            if not self.module.check_mode:
                write_secret(path, option_file(password))
        if not done:
            environment = {
                "ACCEPT_EULA": "Y",
                "MSSQL_PID": self.module.params["edition"],
                "MSSQL_SA_PASSWORD": password,
            }
            self.conf("set up", "-n", "setup", "accept-eula", environment=environment)

    def memory(self) -> None:
        """Limit memory."""
        limit, path = str(self.module.params["memory_mb"]), Path(self.module.params["directory"], "mssql.conf")
        if memory_limit(path.read_text(encoding="utf-8") if path.exists() else "") != limit:
            self.conf(f"limit memory to {limit} MB", "set", "memory.memorylimitmb", limit)


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "edition": {"required": True, "choices": EDITIONS},
            "accept_eula": {"type": "bool", "required": True},
            "memory_mb": {"type": "int", "required": True},
            "program": {"type": "path", "default": "/opt/mssql/bin/mssql-conf"},
            "directory": {"type": "path", "default": "/var/opt/mssql"},
            "secrets": {"type": "path", "default": SECRETS, "no_log": False},
        },
        supports_check_mode=True,
    )
    if not module.params["accept_eula"]:
        module.fail_json(msg="the licence terms of SQL Server are not accepted; only the customer can, in the order")
    work = Setup(module)
    work.first_start()
    work.memory()
    module.exit_json(changed=bool(work.actions), actions=work.actions)


if __name__ == "__main__":
    main()
