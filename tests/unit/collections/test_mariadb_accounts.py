import pytest

ACCOUNT = {"name": "shop", "host": "127.0.0.1", "database": "shop_data", "privileges": ["SELECT", "INSERT"]}
USAGE = "GRANT USAGE ON *.* TO `shop`@`127.0.0.1` IDENTIFIED BY PASSWORD '*0'"
WHO = "'shop'@'127.0.0.1'"
MINE = r"`shop\_data`.*"


@pytest.fixture
def mariadb(load):
    return load("mariadb_accounts")


def test_option_file_gives_its_password_back(mariadb, load_shared):
    kept = load_shared("kept_password")
    password = kept.new_password()
    assert kept.parse_option_file(mariadb.option_file(ACCOUNT, 3306, password)) == password


def grants(*lines: str) -> str:
    return "\n".join([USAGE, *(f"{line} TO `shop`@`127.0.0.1`" for line in lines)])


def test_hash_is_the_one_the_server_keeps(mariadb):
    assert mariadb.password_hash("password") == "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"


@pytest.mark.parametrize(
    ("had", "expected"),
    [
        (grants(rf"GRANT SELECT, INSERT ON {MINE}"), []),
        (grants(), [f"GRANT INSERT, SELECT ON {MINE} TO {WHO}"]),
        ("", [f"GRANT INSERT, SELECT ON {MINE} TO {WHO}"]),
        (grants(f"GRANT SELECT ON {MINE}"), [f"GRANT INSERT ON {MINE} TO {WHO}"]),
        (grants(f"GRANT SELECT, INSERT, DROP ON {MINE}"), [f"REVOKE DROP ON {MINE} FROM {WHO}"]),
        (
            grants(f"GRANT SELECT, DROP ON {MINE}"),
            [f"REVOKE DROP ON {MINE} FROM {WHO}", f"GRANT INSERT ON {MINE} TO {WHO}"],
        ),
    ],
)
def test_rights_are_brought_to_exactly_the_wanted_ones(mariadb, had, expected):
    assert mariadb.grant_statements(ACCOUNT, had) == expected


@pytest.mark.parametrize(
    "foreign",
    [
        "GRANT SELECT, INSERT ON `other`.* TO `shop`@`127.0.0.1`",
        "GRANT SELECT, INSERT ON *.* TO `shop`@`127.0.0.1` IDENTIFIED BY PASSWORD '*0'",
        rf"GRANT SELECT, INSERT ON {MINE} TO `shop`@`127.0.0.1` WITH GRANT OPTION",
        "GRANT SELECT (name) ON `shop_data`.`people` TO `shop`@`127.0.0.1`",
        "GRANT SELECT ON `shop_data`.* TO `shop`@`127.0.0.1`",
        "GRANT `admin` TO `shop`@`127.0.0.1`",
        "GRANT PROXY ON ''@'%' TO `shop`@`127.0.0.1`",
    ],
)
def test_rights_elsewhere_are_all_taken_away(mariadb, foreign):
    statements = mariadb.grant_statements(ACCOUNT, f"{USAGE}\n{foreign}")
    assert statements == [
        f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {WHO}",
        f"GRANT INSERT, SELECT ON {MINE} TO {WHO}",
    ]


def test_server_is_read_from_its_answer(mariadb):
    server = mariadb.Server.parse(
        "database\tkoor\t\naccount\tkoor@127.0.0.1\t*AB\naccount\t@localhost\t\ntables\ttest\t0\n"
    )
    assert server.databases == {"koor"}
    assert server.accounts == {"koor@127.0.0.1": "*AB", "@localhost": ""}
    assert server.test_tables == 0


DATABASE = {"name": "shop_data", "collation": "utf8mb4_unicode_ci"}
LONGEST_ORDERED = "a" * 32  # models.components.DatabaseName


def odd(mariadb, **changes: object) -> list[str]:
    found = mariadb.values({"databases": [DATABASE], "accounts": [{**ACCOUNT, **changes}]})
    return [value for pattern, value in found if not pattern.fullmatch(value)]


def test_plain_names_are_accepted(mariadb):
    assert odd(mariadb) == []
    assert odd(mariadb, name=f"{LONGEST_ORDERED}_schema") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "shop'--"},
        {"name": "../../etc/x"},
        {"name": "shöp"},
        {"host": "'; DROP"},
        {"database": "a`b"},
        {"privileges": ["SELECT", "ALL ON *.* TO x"]},
        {"privileges": ["SELECT, DROP"]},
    ],
)
def test_nothing_but_a_name_gets_into_a_statement(mariadb, changes):
    assert len(odd(mariadb, **changes)) == 1


class Work:
    """A server's answers, and what it was asked for."""

    def __init__(self) -> None:
        self.asked = ""

    def sql(self, statements: str) -> str:
        self.asked = statements
        mark = statements.split("'")[1]
        evil = "GRANT SELECT ON `a\nother\tb@127.0.0.1\n`.* TO `a`@`127.0.0.1`"
        return f"{mark}\ta@127.0.0.1\n{evil}\n{mark}\tb@127.0.0.1\n{USAGE}\n"


def test_rights_of_all_accounts_are_asked_for_at_once(mariadb):
    accounts = [{**ACCOUNT, "name": name} for name in ("a", "b", "new")]
    server = mariadb.Server(accounts={"a@127.0.0.1": "", "b@127.0.0.1": ""})
    work = Work()
    found = mariadb.grants_of(work, server, accounts)
    assert work.asked.count("SHOW GRANTS FOR") == len(found) == 2
    assert found["b@127.0.0.1"] == f"{USAGE}\n"
    # A name with ends of lines in it is nobody else's part, and taken for foreign rights.
    assert mariadb.grant_statements(accounts[0], found["a@127.0.0.1"])[0].startswith("REVOKE ALL PRIVILEGES")


def test_a_server_without_the_accounts_is_not_asked(mariadb):
    assert mariadb.grants_of(None, mariadb.Server(), [ACCOUNT]) == {}
