# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rights on a database of PostgreSQL and in its schema public: what they are, and what leads to the wanted ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

TABLE_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES")
PUBLIC = ""
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
