#!/usr/bin/python
# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Databases and accounts of PostgreSQL, with passwords that nobody sees."""

from __future__ import annotations

DOCUMENTATION = r"""
module: postgresql_accounts
short_description: Make PostgreSQL databases and accounts whose passwords never leave the target
description:
  - Makes databases, and accounts that have exactly the given rights on one database, in its schema C(public).
  - Rights hold for all tables that are there, and for all that an account with V(CREATE) will make.
  - A password is made here, on the target, and is kept in a libpq service file that only root can read. It is no
    argument, no result and no part of a command line. The server is given its SCRAM verifier.
  - If the file is lost it is made anew with a new password. The server always follows the file.
  - Talks to the server as C(postgres) over its socket by the C(psql) command, and needs no Python library.
  - What is not named is left alone, but for the thing O(tidy) names.
author: koor-provision maintainers
options:
  databases:
    description: The databases, in UTF-8. Nobody but the accounts named here may connect to them.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Its name.
        type: str
        required: true
      locale:
        description: Order and classes of letters in a database that is made; one that exists keeps its own.
        type: str
        default: C.UTF-8
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
      database:
        description: The one database it may use.
        type: str
        required: true
      privileges:
        description:
          - Exactly these privileges on all tables of that database. V(INSERT) brings the use of sequences.
          - V(CREATE) makes tables, and whoever made a table owns it, with all rights on it.
        type: list
        elements: str
        required: true
        choices: [CREATE, SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES]
  secrets:
    description: Directory of the service files C(postgresql-NAME.cnf), made for root only.
    type: path
    default: /etc/koor-provision/secrets
  port:
    description: The server's port, for the service files.
    type: int
    default: 5432
  tidy:
    description:
      - Take from everybody the right to connect to C(postgres) and C(template1), if no account but those named here can
        log in.
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
- name: Make the application's database and accounts
  koor.provision.postgresql_accounts:
    databases:
      - name: shop
    accounts:
      - name: shop
        database: shop
        privileges: [SELECT, INSERT, UPDATE, DELETE]
      - name: shop_schema
        database: shop
        privileges: [CREATE]
"""

RETURN = r"""
actions:
  description: What was (or in check mode would be) done, without any secret.
  returned: always
  type: list
  elements: str
  sample: [create database shop, create account shop]
"""

import json
import os
import re
import shutil
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.koor.provision.plugins.module_utils.database_accounts import (
    Account,
    Work,
    argument_spec,
    refuse_odd_values,
)
from ansible_collections.koor.provision.plugins.module_utils.postgresql_rights import (
    PUBLIC,
    QUERY_DATABASE,
    TABLE_PRIVILEGES,
    Database,
    quoted,
    statements_for,
)
from ansible_collections.koor.provision.plugins.module_utils.scram import is_of, scram_verifier

CLIENT = [
    "runuser", "--user", "postgres", "--", "psql", "--no-psqlrc", "--no-password", "--quiet", "--tuples-only",
    "--no-align", "--set=ON_ERROR_STOP=1",
]  # fmt: skip
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
LOCALE = re.compile(r"[A-Za-z0-9_.@-]{1,40}")

QUERY_SERVER = """
SELECT json_build_object(
  'databases', (SELECT json_object_agg(datname, (
      SELECT coalesce(json_agg(json_build_array(coalesce(rolname, ''), privilege_type)), '[]')
      FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) LEFT JOIN pg_roles ON pg_roles.oid = grantee
      WHERE grantee <> datdba)) FROM pg_database),
  'accounts', (SELECT json_object_agg(rolname, json_build_object(
      'verifier', coalesce(rolpassword, ''),
      'login', rolcanlogin,
      'powers', rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls,
      'groups', (SELECT coalesce(json_agg(pg_get_userbyid(roleid)), '[]') FROM pg_auth_members
                 WHERE member = pg_authid.oid))) FROM pg_authid));
"""


def service_file(account: Account, port: int, password: str) -> str:
    """Return the service file: psql takes it by PGSERVICEFILE and service=client."""
    return (
        "# Made on this server by koor-provision. Nobody else has this password.\n"
        f"[client]\nhost=127.0.0.1\nport={port}\nuser={account['name']}\npassword={password}\n"
        f"dbname={account['database']}\n"
    )


def client(database: str) -> list[str]:
    """Return the command that takes statements for a database."""
    return [*CLIENT, f"--dbname={database or 'postgres'}"]


def set_account(work: Work, account: Account, server: dict[str, Any]) -> None:
    """Make an account, or correct its password and powers."""
    name, port = account["name"], work.module.params["port"]
    password = work.keep(f"postgresql-{name}.cnf", lambda password: service_file(account, port, password))
    verifier = scram_verifier(password, os.urandom(16))
    work.module.no_log_values.add(verifier)
    had = server["accounts"].get(name)
    if had is None:
        work.act(f"create account {name}", f"CREATE ROLE {quoted(name)} LOGIN PASSWORD '{verifier}'")
        return
    if not is_of(password, had["verifier"]):
        work.act(f"set password of {name}", f"ALTER ROLE {quoted(name)} PASSWORD '{verifier}'")
    if had["powers"] or not had["login"]:
        plain = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        work.act(f"take powers from {name}", f"ALTER ROLE {quoted(name)} {plain}")
    for group in had["groups"]:
        work.act(f"take {name} out of {group}", f"REVOKE {quoted(group)} FROM {quoted(name)}")


def set_database(work: Work, database: dict[str, str], server: dict[str, Any]) -> None:
    """Make a database, and bring the rights on it to the wanted ones."""
    name, had = database["name"], Database()
    accounts = [one for one in work.module.params["accounts"] if one["database"] == name]
    if name not in server["databases"]:
        locale = f"LOCALE '{database['locale']}' TEMPLATE template0"
        work.act(f"create database {name}", f"CREATE DATABASE {quoted(name)} ENCODING 'UTF8' {locale}")
        had.rights = {(PUBLIC, "CONNECT"), (PUBLIC, "TEMPORARY")}  # what every new database gives away
    else:
        had.rights = {(who, right) for who, right in server["databases"][name]}
    if name in server["databases"] or not work.module.check_mode:
        had.read(work.sql(QUERY_DATABASE, name))
    if statements := statements_for(name, accounts, had):
        work.act(f"set rights on {name}", "BEGIN", *statements, "COMMIT", database=name)


def tidy(work: Work, server: dict[str, Any]) -> None:
    """Keep our accounts out of the server's own databases, unless others may be in there for a reason."""
    ours = {"postgres", *(account["name"] for account in work.module.params["accounts"])}
    strangers = sorted(name for name, one in server["accounts"].items() if one["login"] and name not in ours)
    for name in ("postgres", "template1"):
        open_to_all = [right for who, right in server["databases"].get(name, []) if who == PUBLIC]
        if open_to_all and strangers:
            work.module.warn(f"everybody may still connect to database {name}, since {strangers[0]} may need it")
        elif open_to_all:
            work.act(f"close database {name}", f"REVOKE ALL ON DATABASE {quoted(name)} FROM PUBLIC")


def refuse_odd_arguments(module: AnsibleModule) -> None:
    """Let nothing into a statement that is more than a name, and no account of a database that is not ours."""
    databases, accounts = module.params["databases"], module.params["accounts"]
    values = [(NAME, entry["name"]) for entry in databases + accounts]
    values += [(NAME, entry["database"]) for entry in accounts]
    refuse_odd_values(module, values + [(LOCALE, entry["locale"]) for entry in databases])
    if "postgres" in {account["name"] for account in accounts}:
        module.fail_json(msg="the account postgres is the server's own; name another")
    missing = {one["database"] for one in accounts} - {one["name"] for one in databases}
    if missing:
        module.fail_json(msg=f"an account's database must be named too: {', '.join(sorted(missing))}")


def main() -> None:
    """Entry point."""
    choices = ["CREATE", *TABLE_PRIVILEGES]
    module = AnsibleModule(
        argument_spec=argument_spec(
            {"locale": {"default": "C.UTF-8"}},
            {"privileges": {"type": "list", "elements": "str", "required": True, "choices": choices}},
            port=5432,
        ),
        supports_check_mode=True,
    )
    refuse_odd_arguments(module)
    work = Work(module, "PostgreSQL", client)
    blank = module.check_mode and shutil.which("psql") is None
    server = {"databases": {}, "accounts": {}} if blank else json.loads(work.sql(QUERY_SERVER))
    for account in module.params["accounts"]:
        set_account(work, account, server)
    for database in module.params["databases"]:
        set_database(work, database, server)
    if module.params["tidy"]:
        tidy(work, server)
    module.exit_json(changed=bool(work.actions), actions=work.actions)


if __name__ == "__main__":
    main()
