import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

STAND_IN = Path(__file__).parents[3] / "molecule" / "sqlsrv" / "tds_server.py"
PASSWORD = "aB3-" * 8
ACCOUNTS = [
    {"name": "shop", "roles": ["db_datareader", "db_datawriter"]},
    {"name": "shop_schema", "roles": ["db_ddladmin"]},
]


@pytest.fixture(scope="module")
def sqlsrv(load):
    return load("sqlsrv_accounts")


@pytest.fixture(scope="module")
def stand_in():
    spec = importlib.util.spec_from_file_location("tds_server", STAND_IN)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def work(sqlsrv, tmp_path, monkeypatch):
    """What the module is given; files of a test are for their owner, who is not root everywhere."""
    monkeypatch.setattr(sqlsrv, "read_secret", lambda path: (path.read_text(), True) if path.exists() else ("", False))
    parameters = {
        "database": "shop",
        "accounts": ACCOUNTS,
        "host": "db.example",
        "port": 1433,
        "secrets": str(tmp_path / "secrets"),
    }

    def run(*, check_mode=False):
        module = SimpleNamespace(params=parameters, check_mode=check_mode, no_log_values=set())
        files = sqlsrv.Files(module)
        files.write()
        return [Path(action.removeprefix("write ")).name for action in files.actions]

    return run


def test_verifier_is_that_of_its_password_only(sqlsrv):
    kept = sqlsrv.verifier(PASSWORD, b"salt")
    assert sqlsrv.is_of(PASSWORD, kept)
    assert not sqlsrv.is_of(PASSWORD + "x", kept)
    assert not sqlsrv.is_of(PASSWORD, "")
    assert kept.startswith("0x0200" + b"salt".hex().upper())


def test_server_lets_in_who_has_the_password_of_the_statements(sqlsrv, stand_in, tmp_path):
    verifiers = {one["name"]: sqlsrv.verifier(f"{PASSWORD}{one['name']}", b"salt") for one in ACCOUNTS}
    path = tmp_path / "shop.sql"
    path.write_text(sqlsrv.statements("shop", ACCOUNTS, verifiers))
    assert stand_in.may_come_in("shop", f"{PASSWORD}shop", path)
    assert stand_in.may_come_in("shop_schema", f"{PASSWORD}shop_schema", path)
    assert not stand_in.may_come_in("shop", f"{PASSWORD}shop_schema", path)
    assert not stand_in.may_come_in("sa", f"{PASSWORD}shop", path)
    assert not stand_in.may_come_in("shop", f"{PASSWORD}shop", tmp_path / "missing")


def test_statements_give_each_account_its_roles_and_no_more(sqlsrv):
    text = sqlsrv.statements("shop", ACCOUNTS, {one["name"]: "0x02" for one in ACCOUNTS})
    granted = [line for line in text.splitlines() if "ADD MEMBER" in line]
    assert granted == [
        "ALTER ROLE db_datareader ADD MEMBER [shop];",
        "ALTER ROLE db_datawriter ADD MEMBER [shop];",
        "ALTER ROLE db_ddladmin ADD MEMBER [shop_schema];",
    ]


def test_second_run_writes_nothing(work, tmp_path):
    written = ["sqlsrv-shop.cnf", "sqlsrv-shop_schema.cnf", "sqlsrv-shop.sql"]
    assert work(check_mode=True) == written
    assert not (tmp_path / "secrets").exists()
    assert work() == written
    assert work() == []


def test_password_stays_where_it_was_made(work, sqlsrv, tmp_path):
    work()
    passwords = [
        sqlsrv.parse_option_file((tmp_path / "secrets" / f"sqlsrv-{one['name']}.cnf").read_text()) for one in ACCOUNTS
    ]
    statements = (tmp_path / "secrets" / "sqlsrv-shop.sql").read_text()
    assert len(set(passwords)) == len(ACCOUNTS)
    assert all(password and password not in statements for password in passwords)


def test_statements_follow_a_password_that_was_made_anew(work, tmp_path):
    work()
    (tmp_path / "secrets" / "sqlsrv-shop.cnf").unlink()
    assert work() == ["sqlsrv-shop.cnf", "sqlsrv-shop.sql"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"database": "master"}, "has that name for itself"),
        ({"database": "a]; DROP"}, "is not allowed here"),
        ({"host": "db.example\npassword=x"}, "is not allowed here"),
        ({"accounts": [{"name": "sa", "roles": []}]}, "has that name for itself"),
    ],
)
def test_odd_values_are_refused(sqlsrv, change, message):
    def fail_json(msg):
        raise RuntimeError(msg)

    params = {"database": "shop", "accounts": ACCOUNTS, "host": "db.example", **change}
    with pytest.raises(RuntimeError, match=message):
        sqlsrv.refuse_odd_values(SimpleNamespace(params=params, fail_json=fail_json))
