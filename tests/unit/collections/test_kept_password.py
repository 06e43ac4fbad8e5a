import string
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def kept(load_shared):
    return load_shared("kept_password")


def asked(secrets: Path, *, check_mode: bool = False) -> SimpleNamespace:
    """The part of a module that keeping a password needs."""
    return SimpleNamespace(params={"secrets": str(secrets)}, check_mode=check_mode, no_log_values=set())


def content(password: str) -> str:
    return f"[client]\npassword={password}\n"


def test_passwords_are_long_mixed_and_harmless_everywhere(kept):
    passwords = {kept.new_password() for _ in range(200)}
    assert len(passwords) == 200
    for password in passwords:
        assert len(password) == 32
        assert set(password) <= set(string.ascii_letters + string.digits + "-_.")
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
            assert set(password) & set(kind)


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
def test_a_file_that_is_not_ours_has_no_password(kept, text):
    assert kept.parse_option_file(text) == ""


def test_secret_is_for_its_owner_only_from_the_first_moment(kept, tmp_path):
    path = tmp_path / "secrets" / "shop.cnf"
    kept.write_secret(path, "one")
    kept.write_secret(path, "two")
    assert path.read_text() == "two"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(path.parent.iterdir()) == [path]


def test_a_password_is_made_once_and_never_shown(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "read_secret", lambda path: (path.read_text() if path.exists() else "", True))
    module = asked(tmp_path / "secrets")
    password, actions = kept.keep(module, "shop.cnf", content)
    assert actions == [f"write {tmp_path / 'secrets' / 'shop.cnf'}"]
    assert module.no_log_values == {password}
    assert kept.keep(module, "shop.cnf", content) == (password, [])


def test_a_file_that_others_could_read_is_written_again_with_its_password(kept, tmp_path, monkeypatch):
    module = asked(tmp_path / "secrets")
    password, _ = kept.keep(module, "shop.cnf", content)
    monkeypatch.setattr(kept, "read_secret", lambda path: (path.read_text(), False))
    again, actions = kept.keep(module, "shop.cnf", content)
    assert again == password
    assert len(actions) == 1


def test_check_mode_says_what_would_be_written_and_writes_nothing(kept, tmp_path):
    _, actions = kept.keep(asked(tmp_path / "secrets", check_mode=True), "shop.cnf", content)
    assert len(actions) == 1
    assert list(tmp_path.iterdir()) == []
