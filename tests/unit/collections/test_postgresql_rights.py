import json

import pytest

ACCOUNTS = [
    {"name": "shop", "database": "shop", "privileges": ["SELECT", "INSERT"]},
    {"name": "shop_schema", "database": "shop", "privileges": ["CREATE"]},
]


@pytest.fixture
def rights(load_shared):
    return load_shared("postgresql_rights")


def database(rights, **had: object):
    told = {"schema": [], "defaults": [], "relations": [], **had}
    result = rights.Database(rights={("", "CONNECT"), ("", "TEMPORARY")})
    result.read(json.dumps(told))
    return result


def test_new_database_is_closed_and_opened_for_its_accounts(rights):
    schema = [["", "USAGE"]]
    before = 'ALTER DEFAULT PRIVILEGES FOR ROLE "shop_schema" IN SCHEMA public '
    assert rights.statements_for("shop", ACCOUNTS, database(rights, schema=schema)) == [
        'REVOKE CONNECT, TEMPORARY ON DATABASE "shop" FROM PUBLIC',
        'GRANT CONNECT ON DATABASE "shop" TO "shop"',
        'GRANT CONNECT ON DATABASE "shop" TO "shop_schema"',
        'GRANT USAGE ON SCHEMA public TO "shop"',
        'GRANT CREATE, USAGE ON SCHEMA public TO "shop_schema"',
        f'{before}GRANT INSERT, SELECT ON TABLES TO "shop"',
        f'{before}GRANT USAGE ON SEQUENCES TO "shop"',
    ]


@pytest.fixture
def settled(rights):
    had = database(
        rights,
        schema=[["", "USAGE"], ["shop", "USAGE"], ["shop_schema", "USAGE"], ["shop_schema", "CREATE"]],
        defaults=[
            ["shop_schema", "r", "shop", "SELECT"],
            ["shop_schema", "r", "shop", "INSERT"],
            ["shop_schema", "S", "shop", "USAGE"],
        ],
    )
    had.rights = {("shop", "CONNECT"), ("shop_schema", "CONNECT")}
    return had


def test_settled_database_needs_nothing(rights, settled):
    assert rights.statements_for("shop", ACCOUNTS, settled) == []


def test_rights_of_others_stay(rights, settled):
    settled.rights.add(("reporting", "CONNECT"))
    settled.schema.add(("reporting", "USAGE"))
    settled.relations = [
        ("orders", "r", "reporting", {("reporting", "SELECT"), ("shop", "SELECT"), ("shop", "INSERT")})
    ]
    assert rights.statements_for("shop", ACCOUNTS, settled) == []


def test_tables_that_are_there_are_brought_to_exactly_the_wanted_rights(rights, settled):
    settled.relations = [
        ("orders", "r", "shop_schema", {("shop", "SELECT"), ("shop", "DELETE")}),
        ("orders_id_seq", "S", "shop_schema", set()),
        ('a"b', "r", "shop_schema", {("shop", "SELECT"), ("shop", "INSERT")}),
        ("own", "r", "shop", {("shop", "SELECT"), ("shop", "DELETE")}),
    ]
    assert rights.statements_for("shop", ACCOUNTS, settled) == [
        'REVOKE DELETE ON TABLE public."orders" FROM "shop"',
        'GRANT INSERT ON TABLE public."orders" TO "shop"',
        'GRANT USAGE ON SEQUENCE public."orders_id_seq" TO "shop"',
    ]


def test_names_of_tables_cannot_leave_their_quotes(rights):
    assert rights.quoted('a"; DROP') == '"a""; DROP"'


def test_everybody_may_not_make_tables(rights, settled):
    settled.schema.add(("", "CREATE"))
    assert rights.statements_for("shop", ACCOUNTS, settled) == ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"]


def test_each_of_five_accounts_is_given_its_own_part_of_every_table_to_come(rights):
    data = {"insert": ["INSERT"], "select": ["SELECT"], "update": ["SELECT", "UPDATE"], "delete": ["SELECT", "DELETE"]}
    five = [{"name": name, "database": "shop", "privileges": privileges} for name, privileges in data.items()]
    schema = {"name": "schema", "database": "shop", "privileges": ["CREATE"]}
    before = 'ALTER DEFAULT PRIVILEGES FOR ROLE "schema" IN SCHEMA public GRANT '
    statements = rights.statements_for("shop", [schema, *five], database(rights))
    assert {one.removeprefix(before) for one in statements if one.startswith(before)} == {
        'INSERT ON TABLES TO "insert"',
        'USAGE ON SEQUENCES TO "insert"',
        'SELECT ON TABLES TO "select"',
        'SELECT, UPDATE ON TABLES TO "update"',
        'DELETE, SELECT ON TABLES TO "delete"',
    }
