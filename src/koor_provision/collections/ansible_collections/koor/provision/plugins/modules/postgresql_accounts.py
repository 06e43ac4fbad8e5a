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

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
from collections.abc import Iterable
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

CLIENT = [
    "runuser", "--user", "postgres", "--", "psql", "--no-psqlrc", "--no-password", "--quiet", "--tuples-only",
    "--no-align", "--set=ON_ERROR_STOP=1",
]  # fmt: skip
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
LOCALE = re.compile(r"[A-Za-z0-9_.@-]{1,40}")
TABLE_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES")
ITERATIONS = 4096
VERIFIER = re.compile(r"SCRAM-SHA-256\$(?P<iterations>[0-9]+):(?P<salt>[A-Za-z0-9+/=]+)\$\S+")
PUBLIC = ""

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
QUERY_DATABASE = """
SELECT json_build_object(
  'schema', (SELECT coalesce(json_agg(json_build_array(coalesce(rolname, ''), privilege_type)), '[]')
      FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
      LEFT JOIN pg_roles ON pg_roles.oid = grantee WHERE nspname = 'public' AND grantee <> nspowner),
  'defaults', (SELECT coalesce(json_agg(json_build_array(
      pg_get_userbyid(defaclrole), defaclobjtype, rolname, privilege_type)), '[]')
      FROM pg_default_acl, aclexplode(defaclacl) JOIN pg_roles ON pg_roles.oid = grantee
      WHERE defaclnamespace = 'public'::regnamespace AND grantee <> defaclrole),
  'relations', (SELECT coalesce(json_agg(json_build_array(relname, CASE relkind WHEN 'S' THEN 'S' ELSE 'r' END,
      pg_get_userbyid(relowner), (SELECT coalesce(json_agg(json_build_array(rolname, privilege_type)), '[]')
        FROM aclexplode(relacl) JOIN pg_roles ON pg_roles.oid = grantee))), '[]')
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')));
"""

Account = dict[str, Any]
Rights = set[tuple[str, str]]  # (account, privilege)


@dataclass
class Database:
    """What a database has now."""

    rights: Rights = field(default_factory=set)
    schema: Rights = field(default_factory=set)
    defaults: dict[tuple[str, str], Rights] = field(default_factory=dict)  # by who makes it and kind
    relations: list[tuple[str, str, str, Rights]] = field(default_factory=list)  # name, kind, owner

    def read(self, text: str) -> None:
        """Take in the answer to QUERY_DATABASE."""
        told = json.loads(text)
        self.schema = {(name, privilege) for name, privilege in told["schema"]}
        for maker, kind, name, privilege in told["defaults"]:
            self.defaults.setdefault((maker, kind), set()).add((name, privilege))
        self.relations = [
            (name, kind, owner, {(grantee, privilege) for grantee, privilege in rights})
            for name, kind, owner, rights in told["relations"]
        ]


def scram_verifier(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """Return what the server keeps of a password (RFC 5803), from which it cannot be had back."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    texts = [base64.b64encode(value).decode() for value in (salt, stored, server)]
    return f"SCRAM-SHA-256${iterations}:{texts[0]}${texts[1]}:{texts[2]}"


def is_of(password: str, verifier: str) -> bool:
    """Tell whether a verifier is that of a password."""
    match = VERIFIER.fullmatch(verifier)
    if not match:
        return False
    return scram_verifier(password, base64.b64decode(match["salt"]), int(match["iterations"])) == verifier


def service_file(account: Account, port: int, password: str) -> str:
    """Return the service file: psql takes it by PGSERVICEFILE and service=client."""
    return (
        "# Made on this server by koor-provision. Nobody else has this password.\n"
        f"[client]\nhost=127.0.0.1\nport={port}\nuser={account['name']}\npassword={password}\n"
        f"dbname={account['database']}\n"
    )


def quoted(name: str) -> str:
    """Return a name that may hold anything, such as that of somebody's table, as SQL wants it."""
    return '"' + name.replace('"', '""') + '"'


def differences(had: Rights, wanted: Rights, mine: Iterable[str], what: str, before: str = "") -> list[str]:
    """Return what leads to exactly the wanted rights of some accounts; those of others stay."""
    statements = []
    for name in sorted(set(mine)):
        has, should = ({right for who, right in rights if who == name} for rights in (had, wanted))
        who = quoted(name) if name else "PUBLIC"
        if has - should:
            statements.append(f"{before}REVOKE {', '.join(sorted(has - should))} ON {what} FROM {who}")
        if should - has:
            statements.append(f"{before}GRANT {', '.join(sorted(should - has))} ON {what} TO {who}")
    return statements


def on_relation(account: Account, kind: str) -> set[str]:
    """Return what an account may do with each table (r) or sequence (S)."""
    if kind == "S":
        return {"USAGE"} if "INSERT" in account["privileges"] else set()
    return set(account["privileges"]) & set(TABLE_PRIVILEGES)


def statements_for(name: str, accounts: list[Account], had: Database) -> list[str]:
    """Return what leads to exactly the wanted rights on a database and in it."""
    names = [account["name"] for account in accounts]
    makers = [account["name"] for account in accounts if "CREATE" in account["privileges"]]
    connect = {(one, "CONNECT") for one in names}
    result = differences(had.rights, connect, [*names, PUBLIC], f"DATABASE {quoted(name)}")

    schema = {(one, "USAGE") for one in names} | {(one, "CREATE") for one in makers}
    # everybody may look at the schema's name; only those who may connect to the database can
    kept = {(who, right) for who, right in had.schema if who == PUBLIC and right == "USAGE"}
    result += differences(had.schema, schema | kept, [*names, PUBLIC], "SCHEMA public")

    for maker in makers:
        for kind, plural in (("r", "TABLES"), ("S", "SEQUENCES")):
            wanted = {(one["name"], right) for one in accounts for right in on_relation(one, kind)}
            before = f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(maker)} IN SCHEMA public "
            others = [one for one in names if one != maker]
            result += differences(had.defaults.get((maker, kind), set()), wanted, others, plural, before)

    for relation, kind, owner, rights in had.relations:
        wanted = {(one["name"], right) for one in accounts for right in on_relation(one, kind)}
        what = f"{'SEQUENCE' if kind == 'S' else 'TABLE'} public.{quoted(relation)}"
        result += differences(rights, wanted, [one for one in names if one != owner], what)
    return result


class Accounts:
    """The work, step by step."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.actions: list[str] = []

    def sql(self, statements: str, database: str = "postgres") -> str:
        """Run statements given on standard input."""
        rc, out, err = self.module.run_command([*CLIENT, f"--dbname={database}"], data=statements, cwd="/")
        if rc != 0:
            self.module.fail_json(msg=f"PostgreSQL refused: {err.strip()[-1000:]}", actions=self.actions)
        return str(out)

    def act(self, action: str, *statements: str, database: str = "postgres") -> None:
        """Do something, or in check mode only say so."""
        self.actions.append(action)
        if not self.module.check_mode:
            self.sql("".join(f"{statement};\n" for statement in statements), database)

    def secret_of(self, account: Account) -> str:
        """Return the account's password, after making it if there is none."""
        path = Path(self.module.params["secrets"], f"postgresql-{account['name']}.cnf")
        had, private = read_secret(path)
        password: str = parse_option_file(had) or new_password()
        self.module.no_log_values.add(password)
        content = service_file(account, self.module.params["port"], password)
        if had != content or not private:
            self.actions.append(f"write {path}")
            if not self.module.check_mode:
                write_secret(path, content)
        return password

    def account(self, account: Account, server: dict[str, Any]) -> None:
        """Make an account, or correct its password and powers. The secret is kept first: a crash loses nothing."""
        name, password = account["name"], self.secret_of(account)
        verifier = scram_verifier(password, os.urandom(16))
        self.module.no_log_values.add(verifier)
        had = server["accounts"].get(name)
        if had is None:
            self.act(f"create account {name}", f"CREATE ROLE {quoted(name)} LOGIN PASSWORD '{verifier}'")
            return
        if not is_of(password, had["verifier"]):
            self.act(f"set password of {name}", f"ALTER ROLE {quoted(name)} PASSWORD '{verifier}'")
        if had["powers"] or not had["login"]:
            plain = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            self.act(f"take powers from {name}", f"ALTER ROLE {quoted(name)} {plain}")
        for group in had["groups"]:
            self.act(f"take {name} out of {group}", f"REVOKE {quoted(group)} FROM {quoted(name)}")

    def database(self, database: dict[str, str], server: dict[str, Any]) -> None:
        """Make a database, and bring the rights on it to the wanted ones."""
        name, had = database["name"], Database()
        accounts = [one for one in self.module.params["accounts"] if one["database"] == name]
        if name not in server["databases"]:
            locale = f"LOCALE '{database['locale']}' TEMPLATE template0"
            self.act(f"create database {name}", f"CREATE DATABASE {quoted(name)} ENCODING 'UTF8' {locale}")
            had.rights = {(PUBLIC, "CONNECT"), (PUBLIC, "TEMPORARY")}  # what every new database gives away
        else:
            had.rights = {(who, right) for who, right in server["databases"][name]}
        if name in server["databases"] or not self.module.check_mode:
            had.read(self.sql(QUERY_DATABASE, name))
        if statements := statements_for(name, accounts, had):
            self.act(f"set rights on {name}", "BEGIN", *statements, "COMMIT", database=name)

    def tidy(self, server: dict[str, Any]) -> None:
        """Keep our accounts out of the server's own databases, unless others may be in there for a reason."""
        ours = {"postgres", *(account["name"] for account in self.module.params["accounts"])}
        strangers = sorted(name for name, one in server["accounts"].items() if one["login"] and name not in ours)
        for name in ("postgres", "template1"):
            open_to_all = [right for who, right in server["databases"].get(name, []) if who == PUBLIC]
            if open_to_all and strangers:
                self.module.warn(f"everybody may still connect to database {name}, since {strangers[0]} may need it")
            elif open_to_all:
                self.act(f"close database {name}", f"REVOKE ALL ON DATABASE {quoted(name)} FROM PUBLIC")


def refuse_odd_values(module: AnsibleModule) -> None:
    """Let nothing into a statement that is more than a name."""
    values = [(NAME, entry["name"]) for entry in module.params["databases"] + module.params["accounts"]]
    values += [(NAME, entry["database"]) for entry in module.params["accounts"]]
    values += [(LOCALE, entry["locale"]) for entry in module.params["databases"]]
    for pattern, value in values:
        if not pattern.fullmatch(value):
            module.fail_json(msg=f"{value!r} is not allowed here; it must match {pattern.pattern}")
    names = [account["name"] for account in module.params["accounts"]]
    if len(names) != len(set(names)) or "postgres" in names:
        module.fail_json(msg="each account needs a name of its own, and postgres is the server's")
    missing = {one["database"] for one in module.params["accounts"]} - {
        one["name"] for one in module.params["databases"]
    }
    if missing:
        module.fail_json(msg=f"an account's database must be named too: {', '.join(sorted(missing))}")


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "databases": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {"name": {"required": True}, "locale": {"default": "C.UTF-8"}},
            },
            "accounts": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "name": {"required": True},
                    "database": {"required": True},
                    "privileges": {
                        "type": "list",
                        "elements": "str",
                        "required": True,
                        "choices": ["CREATE", *TABLE_PRIVILEGES],
                    },
                },
            },
            "secrets": {"type": "path", "default": SECRETS, "no_log": False},
            "port": {"type": "int", "default": 5432},
            "tidy": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    refuse_odd_values(module)
    work = Accounts(module)
    blank = module.check_mode and shutil.which("psql") is None
    server = {"databases": {}, "accounts": {}} if blank else json.loads(work.sql(QUERY_SERVER))
    for account in module.params["accounts"]:
        work.account(account, server)
    for database in module.params["databases"]:
        work.database(database, server)
    if module.params["tidy"]:
        work.tidy(server)
    module.exit_json(changed=bool(work.actions), actions=work.actions)


if __name__ == "__main__":
    main()
