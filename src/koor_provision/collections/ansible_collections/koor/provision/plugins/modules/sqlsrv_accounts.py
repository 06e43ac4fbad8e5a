#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Accounts on a SQL Server that stands elsewhere."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sqlsrv_accounts
short_description: Make passwords for accounts on a SQL Server, and the statements that its administrator runs
description:
  - Makes a password for each account on this host, in a file that only root can read, and never shows it.
  - Writes C(sqlsrv-DATABASE.sql) beside them. It makes the database and the accounts, and holds a salted SHA-512 of
    each password and not the password. The administrator of SQL Server carries it there and runs it once.
  - Nothing is sent to SQL Server.
author: koor-provision maintainers
options:
  database:
    description: Name of the database.
    type: str
    required: true
  accounts:
    description: Accounts with their roles in the database.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the login and of its user in the database.
        type: str
        required: true
      roles:
        description: Fixed roles of SQL Server in the database.
        type: list
        elements: str
        required: true
        choices: [db_datareader, db_datawriter, db_ddladmin]
  host:
    description: Where SQL Server is, for the option files.
    type: str
    required: true
  port:
    description: Its port, for the option files.
    type: int
    default: 1433
  secrets:
    description: Directory of the option files, one for each account, C(sqlsrv-NAME.cnf), and of the statements.
    type: path
    default: /etc/koor-provision/secrets
attributes:
  check_mode:
    description: Says what would be written.
    support: full
  diff_mode:
    description: No diff, since a secret is near.
    support: none
"""

EXAMPLES = r"""
- name: Make the accounts
  koor.provision.sqlsrv_accounts:
    host: db.example
    database: shop
    accounts:
      - name: shop
        roles: [db_datareader, db_datawriter]
"""

RETURN = r"""
actions:
  description: What was (or in check mode would be) done, without any secret.
  returned: always
  type: list
  elements: str
  sample: [write /etc/koor-provision/secrets/sqlsrv-shop.cnf, write /etc/koor-provision/secrets/sqlsrv-shop.sql]
"""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.kept_password import (
    SECRETS,
    new_password,
    parse_option_file,
    read_secret,
    write_secret,
)

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
HOST = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")
RESERVED = {"master", "model", "msdb", "tempdb", "resource", "sa", "guest", "dbo", "sys", "public"}
ROLES = ["db_datareader", "db_datawriter", "db_ddladmin"]
SALT_BYTES = 4
VERIFIER = re.compile(r"CREATE LOGIN \[(?P<name>\w+)\] WITH PASSWORD = (?P<verifier>0x0200[0-9A-F]{136}) HASHED")


def verifier(password: str, salt: bytes) -> str:
    """Return what SQL Server since 2012 keeps of a password: its version, salt and a salted SHA-512."""
    digest = hashlib.sha512(password.encode("utf-16-le") + salt).digest()
    return f"0x0200{(salt + digest).hex().upper()}"


def is_of(password: str, kept: str) -> bool:
    """Tell whether a verifier is that of a password."""
    prefix = len("0x0200")
    return bool(kept) and verifier(password, bytes.fromhex(kept[prefix : prefix + 2 * SALT_BYTES])) == kept


def option_file(account: str, parameters: dict[str, Any], password: str) -> str:
    """Return the file from which an application is set up."""
    return (
        "# Made on this server by koor-provision. Nobody else has this password.\n"
        f"[client]\nhost={parameters['host']}\nport={parameters['port']}\nuser={account}\npassword={password}\n"
        f"database={parameters['database']}\n"
    )


def statements(database: str, accounts: list[dict[str, Any]], verifiers: dict[str, str]) -> str:
    """Return what the administrator of SQL Server runs; running it again corrects, and makes nothing twice."""
    text = (
        "-- Made by koor-provision. Run it once on SQL Server as its administrator, for example with sqlcmd -i.\n"
        "-- It holds digests of passwords, and no password.\n"
        f"IF DB_ID(N'{database}') IS NULL CREATE DATABASE [{database}];\nGO\n"
    )
    for account in accounts:
        name = account["name"]
        text += (
            f"IF SUSER_ID(N'{name}') IS NULL\n"
            f"    CREATE LOGIN [{name}] WITH PASSWORD = {verifiers[name]} HASHED, DEFAULT_DATABASE = [{database}];\n"
            "ELSE\n"
            f"    ALTER LOGIN [{name}] WITH PASSWORD = {verifiers[name]} HASHED;\nGO\n"
        )
    text += f"USE [{database}];\nGO\n"
    for account in accounts:
        name = account["name"]
        text += f"IF USER_ID(N'{name}') IS NULL CREATE USER [{name}] FOR LOGIN [{name}];\n"
        text += "".join(f"ALTER ROLE {role} ADD MEMBER [{name}];\n" for role in account["roles"])
    return f"{text}GO\n"


class Files:
    """The work, file by file."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.folder = Path(module.params["secrets"])
        self.actions: list[str] = []

    def keep(self, path: Path, had: str, wanted: str, *, private: bool) -> None:
        """Write a file that is for root only, if it is not as it should be."""
        if had != wanted or not private:
            self.actions.append(f"write {path}")
            if not self.module.check_mode:
                write_secret(path, wanted)

    def password_of(self, account: str) -> str:
        """Return an account's password, after making it if there is none."""
        path = self.folder / f"sqlsrv-{account}.cnf"
        had, private = read_secret(path)
        password: str = parse_option_file(had) or new_password()
        self.module.no_log_values.add(password)
        self.keep(path, had, option_file(account, self.module.params, password), private=private)
        return password

    def write(self) -> None:
        """Keep the passwords, and then the statements with digests of them."""
        database, accounts = self.module.params["database"], self.module.params["accounts"]
        path = self.folder / f"sqlsrv-{database}.sql"
        had, private = read_secret(path)
        known = {match["name"]: match["verifier"] for match in VERIFIER.finditer(had)}
        verifiers = {}
        for account in accounts:
            name, password = account["name"], self.password_of(account["name"])
            kept = known.get(name, "")
            verifiers[name] = kept if is_of(password, kept) else verifier(password, os.urandom(SALT_BYTES))
        self.keep(path, had, statements(database, accounts, verifiers), private=private)


def refuse_odd_values(module: AnsibleModule) -> None:
    """Let nothing into a statement that is more than a name, and no name that SQL Server has for itself."""
    names = [module.params["database"], *(account["name"] for account in module.params["accounts"])]
    for pattern, value in [*((NAME, name) for name in names), (HOST, module.params["host"])]:
        if not pattern.fullmatch(value):
            module.fail_json(msg=f"{value!r} is not allowed here; it must match {pattern.pattern}")
    if taken := RESERVED.intersection(names):
        module.fail_json(msg=f"{', '.join(sorted(taken))}: SQL Server has that name for itself; choose another one")


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "database": {"required": True},
            "accounts": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"required": True},
                    "roles": {"type": "list", "elements": "str", "required": True, "choices": ROLES},
                },
            },
            "host": {"required": True},
            "port": {"type": "int", "default": 1433},
            "secrets": {"type": "path", "default": SECRETS, "no_log": False},
        },
        supports_check_mode=True,
    )
    refuse_odd_values(module)
    work = Files(module)
    work.write()
    module.exit_json(changed=bool(work.actions), actions=work.actions)


if __name__ == "__main__":
    main()
