import pytest

ACCOUNT = {"name": "shop", "database": "shop", "privileges": ["SELECT", "INSERT"]}


@pytest.fixture
def postgresql(load):
    return load("postgresql_accounts")


def test_service_file_gives_its_password_back(postgresql, load_shared):
    kept = load_shared("kept_password")
    password = kept.new_password()
    assert kept.parse_option_file(postgresql.service_file(ACCOUNT, 5432, password)) == password


class Refused(Exception):  # noqa: N818 - a refusal, not an error
    """What fail_json does, for a test."""


class Asked:
    def __init__(self, database: dict[str, str], account: dict[str, object]) -> None:
        self.params = {
            "databases": [{"name": "shop", "locale": "C.UTF-8", **database}],
            "accounts": [{**ACCOUNT, **account}],
        }

    def fail_json(self, msg: str) -> None:
        raise Refused(msg)


def test_plain_names_are_accepted(postgresql):
    postgresql.refuse_odd_arguments(Asked({}, {}))


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
        postgresql.refuse_odd_arguments(Asked(database, account))
