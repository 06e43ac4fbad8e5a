#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Databases and accounts of MariaDB, with passwords that nobody sees."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mariadb_accounts
short_description: Make MariaDB databases and accounts whose passwords never leave the target
description:
  - Makes databases, and accounts that have exactly the given rights on one database and none elsewhere.
  - A password is made here, on the target, and is kept in a client option file that only root can read. It is no
    argument, no result and no part of a command line. The server is given its hash.
  - If the option file is lost it is made anew with a new password. The server always follows the file.
  - Talks to the server as root over its socket by the C(mariadb) command, and needs no Python library.
  - What is not named is left alone, but for the two things O(tidy) names.
author: koor-provision maintainers
options:
  databases:
    description: The databases.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Its name.
        type: str
        required: true
      collation:
        description: Default collation of a database that is made; one that exists keeps its own.
        type: str
        default: utf8mb4_unicode_ci
  accounts:
    description: The accounts.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Its name.
        type: str
        required: true
      host:
        description: The host it may come from.
        type: str
        default: 127.0.0.1
      database:
        description: The one database it may use.
        type: str
        required: true
      privileges:
        description: Exactly these privileges on all tables of that database.
        type: list
        elements: str
        required: true
      tables:
        description:
          - Further privileges on single tables of that database, as lists by the table's name. A table that is not
            there gets none; once the application has made it, the next run gives them.
        type: dict
        default: {}
  secrets:
    description: Directory of the option files C(mariadb-NAME.cnf), made for root only.
    type: path
    default: /etc/koor-provision/secrets
  port:
    description: The server's port, for the option files.
    type: int
    default: 3306
  tidy:
    description: Remove accounts without a name, and a database named C(test) if there is nothing in it.
    type: bool
    default: true
attributes:
  check_mode:
    description: Says what would be done, also before the server is installed.
    support: full
  diff_mode:
    description: No diff, since a secret is near.
    support: none
"""

EXAMPLES = r"""
- name: Make the application's database and account
  koor.provision.mariadb_accounts:
    databases:
      - name: shop
    accounts:
      - name: shop
        database: shop
        privileges: [SELECT, INSERT, UPDATE, DELETE]
"""

RETURN = r"""
actions:
  description: What was (or in check mode would be) done, without any secret.
  returned: always
  type: list
  elements: str
  sample: [create database shop, create account shop@127.0.0.1]
"""

import hashlib
import re
import secrets
import shutil
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.database_accounts import (
    Work,
    argument_spec,
    refuse_odd_values,
)
from ansible_collections.koor.provision.plugins.module_utils.mariadb_client import CLIENT
from ansible_collections.koor.provision.plugins.module_utils.mariadb_rights import grant_statements

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
HOST = re.compile(r"[A-Za-z0-9.:%_-]{1,60}")
PRIVILEGE = re.compile(r"[A-Z]+( [A-Z]+)*")
COLLATION = re.compile(r"[a-z0-9_]+")

QUERY_SERVER = """
SELECT 'database', schema_name, '' FROM information_schema.schemata;
SELECT 'account', CONCAT(user, '@', host), JSON_VALUE(priv, '$.authentication_string')
  FROM mysql.global_priv WHERE JSON_VALUE(priv, '$.is_role') IS NULL;
SELECT 'tables', 'test', COUNT(*) FROM information_schema.tables WHERE table_schema = 'test';
"""


@dataclass
class Server:
    """What the server has now."""

    databases: set[str] = field(default_factory=set)
    accounts: dict[str, str] = field(default_factory=dict)  # 'name@host': hash of the password
    test_tables: int = 0

    @classmethod
    def parse(cls, text: str) -> Server:
        """Read the answer to QUERY_SERVER."""
        server = cls()
        for line in text.splitlines():
            kind, name, value = line.split("\t")
            if kind == "database":
                server.databases.add(name)
            elif kind == "account":
                server.accounts[name] = value
            else:
                server.test_tables = int(value)
        return server


def password_hash(password: str) -> str:
    """Return what the server keeps: PHP's driver on both systems knows this method and not a newer one."""
    once = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return f"*{hashlib.sha1(once, usedforsecurity=False).hexdigest().upper()}"


def option_file(account: dict[str, Any], port: int, password: str) -> str:
    """Return the client option file; the database stands apart, as mariadb-dump takes [client] for its own options."""
    return (
        "# Made on this server by koor-provision. Nobody else has this password.\n"
        f"[client]\nhost={account['host']}\nport={port}\nuser={account['name']}\npassword={password}\n"
        f"\n[mariadb-client]\ndatabase={account['database']}\n"
    )


def secret_of(work: Work, account: dict[str, Any]) -> str:
    """Return the hash of the account's password, after making it if there is none."""
    port = work.module.params["port"]
    password = work.keep(f"mariadb-{account['name']}.cnf", lambda password: option_file(account, port, password))
    work.module.no_log_values.add(password_hash(password))
    return password_hash(password)


def full_name(account: dict[str, Any]) -> str:
    """Return what the server knows an account by."""
    return f"{account['name']}@{account['host']}"


def grants_of(work: Work, server: Server, accounts: list[dict[str, Any]]) -> dict[str, str]:
    """Return what SHOW GRANTS says of each account that is there."""
    there = [account for account in accounts if full_name(account) in server.accounts]
    mark = secrets.token_hex(8)  # what somebody named a database must not end an account's part
    asked = (
        f"SELECT '{mark}', '{full_name(one)}';\nSHOW GRANTS FOR '{one['name']}'@'{one['host']}';\n" for one in there
    )
    parts = work.sql("".join(asked)).split(f"{mark}\t")[1:] if there else []
    return {name: rest for name, _, rest in (part.partition("\n") for part in parts)}


def set_account(work: Work, server: Server, account: dict[str, Any], grants: str) -> None:
    """Make an account, or correct its password and rights."""
    name = full_name(account)
    wanted = secret_of(work, account)
    identified = f"'{account['name']}'@'{account['host']}' IDENTIFIED VIA mysql_native_password USING '{wanted}'"
    if name not in server.accounts:
        work.later(f"create account {name}", f"CREATE USER {identified}")
    elif server.accounts[name] != wanted:
        work.later(f"set password of {name}", f"ALTER USER {identified}")
    if statements := grant_statements(account, grants, tables_of(work, server, account)):
        work.later(f"set rights of {name} on {account['database']}", *statements)


def tables_of(work: Work, server: Server, account: dict[str, Any]) -> list[str]:
    """Return the tables of an account's database, where it has rights on single ones."""
    if not account["tables"] or account["database"] not in server.databases:
        return []
    query = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{account['database']}';"  # noqa: S608 - a name that was checked
    return [str(line) for line in work.sql(query).splitlines()]


def set_database(work: Work, server: Server, database: dict[str, str]) -> None:
    """Make a database that is not there."""
    name, collation = database["name"], database["collation"]
    if name not in server.databases:
        letters = f"CHARACTER SET {collation.partition('_')[0]} COLLATE {collation}"
        work.later(f"create database {name}", f"CREATE DATABASE `{name}` {letters}")


def tidy(work: Work, server: Server) -> None:
    """Remove what old or foreign installations leave open."""
    for name in sorted(server.accounts):
        if name.startswith("@"):
            work.later(f"drop account {name}", f"DROP USER ''@'{name[1:]}'")
    if "test" in server.databases and "test" not in {entry["name"] for entry in work.module.params["databases"]}:
        if server.test_tables:
            work.module.warn("a database named test has tables in it and was left alone")
        else:
            work.later("drop database test", "DROP DATABASE `test`")


def values(parameters: dict[str, Any]) -> list[tuple[re.Pattern[str], str]]:
    """Return everything that gets into a statement, with what it may look like."""
    databases, accounts = parameters["databases"], parameters["accounts"]
    result = [(NAME, entry["name"]) for entry in databases + accounts]
    result += [(NAME, entry["database"]) for entry in accounts]
    result += [(HOST, entry["host"]) for entry in accounts]
    result += [(COLLATION, entry["collation"]) for entry in databases]
    for table, rights in (one for entry in accounts for one in entry.get("tables", {}).items()):
        result += [(NAME, table), *((PRIVILEGE, right) for right in rights)]
    return result + [(PRIVILEGE, right) for entry in accounts for right in entry["privileges"]]


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec=argument_spec(
            {"collation": {"default": "utf8mb4_unicode_ci"}},
            {
                "host": {"default": "127.0.0.1"},
                "privileges": {"type": "list", "elements": "str", "required": True},
                "tables": {"type": "dict", "default": {}},
            },
            port=3306,
        ),
        supports_check_mode=True,
    )
    refuse_odd_values(module, values(module.params))
    work = Work(module, "MariaDB", lambda _: CLIENT)
    blank = module.check_mode and shutil.which("mariadb") is None
    server = Server() if blank else Server.parse(work.sql(QUERY_SERVER))
    if module.params["tidy"]:
        tidy(work, server)
    for database in module.params["databases"]:
        set_database(work, server, database)
    accounts = module.params["accounts"]
    grants = grants_of(work, server, accounts)
    for account in accounts:
        set_account(work, server, account, grants.get(full_name(account), ""))
    work.finish()
    module.exit_json(changed=bool(work.actions), actions=work.actions)


if __name__ == "__main__":
    main()
