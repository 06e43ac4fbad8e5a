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
import shutil
from dataclasses import dataclass, field
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

CLIENT = ["mariadb", "--no-defaults", "--protocol=socket", "--user=root", "--batch", "--raw", "--skip-column-names"]
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
HOST = re.compile(r"[A-Za-z0-9.:%_-]{1,60}")
PRIVILEGE = re.compile(r"[A-Z]+( [A-Z]+)*")
COLLATION = re.compile(r"[a-z0-9_]+")
GRANT = re.compile(r"GRANT (?P<rights>.+) ON (?P<object>\S+) TO .*?(?P<option> WITH GRANT OPTION)?$")

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


def grant_statements(account: dict[str, Any], grants: str) -> list[str]:
    """Return what leads from the output of SHOW GRANTS to exactly the wanted rights."""
    who = f"'{account['name']}'@'{account['host']}'"
    mine = "`{}`.*".format(account["database"].replace("_", r"\_"))  # a bare underscore would mean any character
    wanted, had, foreign = set(account["privileges"]), set(), False
    for line in grants.splitlines():
        match = GRANT.match(line)
        if match and match["object"] == mine and not match["option"]:
            had = {right.strip() for right in match["rights"].split(",")}
        elif not (match and match["object"] == "*.*" and match["rights"] == "USAGE" and not match["option"]):
            foreign = True
    if foreign:
        return [
            f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {who}",
            f"GRANT {', '.join(sorted(wanted))} ON {mine} TO {who}",
        ]
    result = []
    if had - wanted:
        result.append(f"REVOKE {', '.join(sorted(had - wanted))} ON {mine} FROM {who}")
    if wanted - had:
        result.append(f"GRANT {', '.join(sorted(wanted - had))} ON {mine} TO {who}")
    return result


class Accounts:
    """The work, step by step."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.actions: list[str] = []

    def sql(self, statements: str) -> str:
        """Run statements given on standard input."""
        rc, out, err = self.module.run_command(CLIENT, data=statements)
        if rc != 0:
            self.module.fail_json(msg=f"MariaDB refused: {err.strip()[-1000:]}", actions=self.actions)
        return str(out)

    def act(self, action: str, *statements: str) -> None:
        """Do something, or in check mode only say so."""
        self.actions.append(action)
        if not self.module.check_mode:
            self.sql("".join(f"{statement};\n" for statement in statements))

    def secret_of(self, account: dict[str, Any]) -> str:
        """Return the hash of the account's password, after making it if there is none."""
        path = Path(self.module.params["secrets"], f"mariadb-{account['name']}.cnf")
        had, private = read_secret(path)
        password = parse_option_file(had) or new_password()
        self.module.no_log_values.update({password, password_hash(password)})
        content = option_file(account, self.module.params["port"], password)
        if had != content or not private:
            self.actions.append(f"write {path}")
            if not self.module.check_mode:
                write_secret(path, content)
        return password_hash(password)

    def account(self, server: Server, account: dict[str, Any]) -> None:
        """Make an account, or correct its password and rights. The secret is kept first: a crash loses nothing."""
        name = f"{account['name']}@{account['host']}"
        who = f"'{account['name']}'@'{account['host']}'"
        wanted = self.secret_of(account)
        grants = ""
        if name not in server.accounts:
            self.act(
                f"create account {name}", f"CREATE USER {who} IDENTIFIED VIA mysql_native_password USING '{wanted}'"
            )
        else:
            if server.accounts[name] != wanted:
                self.act(
                    f"set password of {name}", f"ALTER USER {who} IDENTIFIED VIA mysql_native_password USING '{wanted}'"
                )
            grants = self.sql(f"SHOW GRANTS FOR {who};")
        if statements := grant_statements(account, grants):
            self.act(f"set rights of {name} on {account['database']}", *statements)

    def tidy(self, server: Server) -> None:
        """Remove what old or foreign installations leave open."""
        for name in sorted(server.accounts):
            if name.startswith("@"):
                self.act(f"drop account {name}", f"DROP USER ''@'{name[1:]}'")
        if "test" in server.databases and "test" not in {entry["name"] for entry in self.module.params["databases"]}:
            if server.test_tables:
                self.module.warn("a database named test has tables in it and was left alone")
            else:
                self.act("drop database test", "DROP DATABASE `test`")


def refuse_odd_values(module: AnsibleModule) -> None:
    """Let nothing into a statement that is more than a name."""
    values = [(NAME, entry["name"]) for entry in module.params["databases"] + module.params["accounts"]]
    values += [(NAME, entry["database"]) for entry in module.params["accounts"]]
    values += [(HOST, entry["host"]) for entry in module.params["accounts"]]
    values += [(COLLATION, entry["collation"]) for entry in module.params["databases"]]
    values += [(PRIVILEGE, right) for entry in module.params["accounts"] for right in entry["privileges"]]
    for pattern, value in values:
        if not pattern.fullmatch(value):
            module.fail_json(msg=f"{value!r} is not allowed here; it must match {pattern.pattern}")


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "databases": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {"name": {"required": True}, "collation": {"default": "utf8mb4_unicode_ci"}},
            },
            "accounts": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "name": {"required": True},
                    "host": {"default": "127.0.0.1"},
                    "database": {"required": True},
                    "privileges": {"type": "list", "elements": "str", "required": True},
                },
            },
            "secrets": {"type": "path", "default": SECRETS, "no_log": False},
            "port": {"type": "int", "default": 3306},
            "tidy": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    refuse_odd_values(module)
    names = [account["name"] for account in module.params["accounts"]]
    if len(names) != len(set(names)):
        module.fail_json(msg="each account needs a name of its own, since its option file is named after it")
    work = Accounts(module)
    blank = module.check_mode and shutil.which("mariadb") is None
    server = Server() if blank else Server.parse(work.sql(QUERY_SERVER))
    if module.params["tidy"]:
        work.tidy(server)
    for database in module.params["databases"]:
        if database["name"] not in server.databases:
            collation = database["collation"]
            work.act(
                f"create database {database['name']}",
                f"CREATE DATABASE `{database['name']}` CHARACTER SET {collation.partition('_')[0]} COLLATE {collation}",
            )
    for account in module.params["accounts"]:
        work.account(server, account)
    module.exit_json(changed=bool(work.actions), actions=work.actions)


if __name__ == "__main__":
    main()
