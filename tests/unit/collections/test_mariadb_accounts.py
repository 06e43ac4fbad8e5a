import string

import pytest

ACCOUNT = {"name": "shop", "host": "127.0.0.1", "database": "shop_data", "privileges": ["SELECT", "INSERT"]}
USAGE = "GRANT USAGE ON *.* TO `shop`@`127.0.0.1` IDENTIFIED BY PASSWORD '*0'"
WHO = "'shop'@'127.0.0.1'"
MINE = r"`shop\_data`.*"


@pytest.fixture
def mariadb(load):
    return load("mariadb_accounts")


def grants(*lines: str) -> str:
    return "\n".join([USAGE, *(f"{line} TO `shop`@`127.0.0.1`" for line in lines)])


def test_passwords_are_long_mixed_and_harmless_everywhere(mariadb):
    passwords = {mariadb.new_password() for _ in range(200)}
    assert len(passwords) == 200
    for password in passwords:
        assert len(password) == 32
        assert set(password) <= set(string.ascii_letters + string.digits + "-_.")
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
            assert set(password) & set(kind)


def test_hash_is_the_one_the_server_keeps(mariadb):
    assert mariadb.password_hash("password") == "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"


def test_option_file_gives_its_password_back(mariadb):
    password = mariadb.new_password()
    assert mariadb.parse_option_file(mariadb.option_file(ACCOUNT, 3306, password)) == password


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[client]\nuser=shop\n",
        "[client]\npassword=short\n",
        f"[client]\npassword={'a' * 31}'\n",
        "[client\n",
    ],
)
def test_a_file_that_is_not_ours_has_no_password(mariadb, text):
    assert mariadb.parse_option_file(text) == ""


def test_secret_is_for_its_owner_only_from_the_first_moment(mariadb, tmp_path):
    path = tmp_path / "secrets" / "mariadb-shop.cnf"
    mariadb.write_secret(path, "one")
    mariadb.write_secret(path, "two")
    assert path.read_text() == "two"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(path.parent.iterdir()) == [path]


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


class Refused(Exception):  # noqa: N818 - a refusal, not an error
    """What fail_json does, for a test."""


class Asked:
    def __init__(self, **changes: object) -> None:
        account = {**ACCOUNT, **changes}
        self.params = {"databases": [{"name": "shop_data", "collation": "utf8mb4_unicode_ci"}], "accounts": [account]}

    def fail_json(self, msg: str) -> None:
        raise Refused(msg)


def test_plain_names_are_accepted(mariadb):
    mariadb.refuse_odd_values(Asked())


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
    with pytest.raises(Refused, match="not allowed"):
        mariadb.refuse_odd_values(Asked(**changes))
