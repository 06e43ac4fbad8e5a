import json

import pytest

ACCOUNTS = [
    {"name": "shop", "database": "shop", "privileges": ["SELECT", "INSERT"]},
    {"name": "shop_schema", "database": "shop", "privileges": ["CREATE"]},
]
# From RFC 7677, section 3.
SALT = "W22ZaJ0SNY7soEsUEjb6gQ=="
STORED, SERVER = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="


@pytest.fixture
def postgresql(load):
    return load("postgresql_accounts")


def database(postgresql, **had: object):
    told = {"schema": [], "defaults": [], "relations": [], **had}
    result = postgresql.Database(rights={("", "CONNECT"), ("", "TEMPORARY")})
    result.read(json.dumps(told))
    return result


def test_verifier_is_the_one_of_the_standard(postgresql):
    verifier = postgresql.scram_verifier("pencil", postgresql.base64.b64decode(SALT))
    assert verifier == f"SCRAM-SHA-256$4096:{SALT}${STORED}:{SERVER}"


def test_verifier_belongs_to_its_password_only(postgresql):
    verifier = postgresql.scram_verifier("secret", b"0123456789abcdef", 1000)
    assert postgresql.is_of("secret", verifier)
    assert not postgresql.is_of("another", verifier)
    assert not postgresql.is_of("secret", verifier[:-2] + "A=")


@pytest.mark.parametrize("kept", ["", "md5" + "0" * 32, "secret", "SCRAM-SHA-256$x:y$z:z"])
def test_what_is_no_scram_verifier_is_of_no_password(postgresql, kept):
    assert not postgresql.is_of("secret", kept)


def test_service_file_gives_its_password_back(postgresql):
    password = postgresql.new_password()
    assert postgresql.parse_option_file(postgresql.service_file(ACCOUNTS[0], 5432, password)) == password


def test_new_database_is_closed_and_opened_for_its_accounts(postgresql):
    schema = [["", "USAGE"]]
    before = 'ALTER DEFAULT PRIVILEGES FOR ROLE "shop_schema" IN SCHEMA public '
    assert postgresql.statements_for("shop", ACCOUNTS, database(postgresql, schema=schema)) == [
        'REVOKE CONNECT, TEMPORARY ON DATABASE "shop" FROM PUBLIC',
        'GRANT CONNECT ON DATABASE "shop" TO "shop"',
        'GRANT CONNECT ON DATABASE "shop" TO "shop_schema"',
        'GRANT USAGE ON SCHEMA public TO "shop"',
        'GRANT CREATE, USAGE ON SCHEMA public TO "shop_schema"',
        f'{before}GRANT INSERT, SELECT ON TABLES TO "shop"',
        f'{before}GRANT USAGE ON SEQUENCES TO "shop"',
    ]


@pytest.fixture
def settled(postgresql):
    had = database(
        postgresql,
        schema=[["", "USAGE"], ["shop", "USAGE"], ["shop_schema", "USAGE"], ["shop_schema", "CREATE"]],
        defaults=[
            ["shop_schema", "r", "shop", "SELECT"],
            ["shop_schema", "r", "shop", "INSERT"],
            ["shop_schema", "S", "shop", "USAGE"],
        ],
    )
    had.rights = {("shop", "CONNECT"), ("shop_schema", "CONNECT")}
    return had


def test_settled_database_needs_nothing(postgresql, settled):
    assert postgresql.statements_for("shop", ACCOUNTS, settled) == []


def test_rights_of_others_stay(postgresql, settled):
    settled.rights.add(("reporting", "CONNECT"))
    settled.schema.add(("reporting", "USAGE"))
    settled.relations = [
        ("orders", "r", "reporting", {("reporting", "SELECT"), ("shop", "SELECT"), ("shop", "INSERT")})
    ]
    assert postgresql.statements_for("shop", ACCOUNTS, settled) == []


def test_tables_that_are_there_are_brought_to_exactly_the_wanted_rights(postgresql, settled):
    settled.relations = [
        ("orders", "r", "shop_schema", {("shop", "SELECT"), ("shop", "DELETE")}),
        ("orders_id_seq", "S", "shop_schema", set()),
        ('a"b', "r", "shop_schema", {("shop", "SELECT"), ("shop", "INSERT")}),
        ("own", "r", "shop", {("shop", "SELECT"), ("shop", "DELETE")}),
    ]
    assert postgresql.statements_for("shop", ACCOUNTS, settled) == [
        'REVOKE DELETE ON TABLE public."orders" FROM "shop"',
        'GRANT INSERT ON TABLE public."orders" TO "shop"',
        'GRANT USAGE ON SEQUENCE public."orders_id_seq" TO "shop"',
    ]


def test_names_of_tables_cannot_leave_their_quotes(postgresql):
    assert postgresql.quoted('a"; DROP') == '"a""; DROP"'


def test_everybody_may_not_make_tables(postgresql, settled):
    settled.schema.add(("", "CREATE"))
    assert postgresql.statements_for("shop", ACCOUNTS, settled) == ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"]


class Refused(Exception):  # noqa: N818 - a refusal, not an error
    """What fail_json does, for a test."""


class Asked:
    def __init__(self, database: dict[str, str], account: dict[str, object]) -> None:
        self.params = {
            "databases": [{"name": "shop", "locale": "C.UTF-8", **database}],
            "accounts": [{**ACCOUNTS[0], **account}],
        }

    def fail_json(self, msg: str) -> None:
        raise Refused(msg)


def test_plain_names_are_accepted(postgresql):
    postgresql.refuse_odd_values(Asked({}, {}))


@pytest.mark.parametrize(
    ("database", "account"),
    [
        ({"name": "a'b"}, {}),
        ({"locale": "C'; DROP"}, {}),
        ({}, {"name": "shop; DROP"}),
        ({}, {"name": "../../etc/x"}),
        ({}, {"name": "postgres"}),
        ({}, {"database": "elsewhere"}),
    ],
)
def test_nothing_but_a_name_gets_into_a_statement(postgresql, database, account):
    with pytest.raises(Refused):
        postgresql.refuse_odd_values(Asked(database, account))
