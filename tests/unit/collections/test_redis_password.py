import hashlib
import os

import pytest

PASSWORD = "aB3-" * 8


@pytest.fixture
def redis(load, monkeypatch):
    module = load("redis_password")
    monkeypatch.setattr(module, "access", lambda path: (path.stat().st_mode & 0o777, 0, path.stat().st_gid))
    monkeypatch.setattr(module.os, "fchown", lambda *_: None)
    return module


def test_option_file_gives_its_password_back(redis):
    password = redis.new_password()
    assert redis.parse_option_file(redis.option_file(6379, password)) == password


def test_redis_is_told_the_digest_and_never_the_password(redis):
    line = redis.account(PASSWORD).splitlines()[-1]
    assert PASSWORD not in redis.account(PASSWORD)
    assert line == f"user default on #{hashlib.sha256(PASSWORD.encode()).hexdigest()} ~* &* +@all -@admin"


def test_file_for_redis_is_for_its_group_and_nobody_else(redis, tmp_path):
    path = tmp_path / "account.conf"
    redis.write(path, "one", os.getgid())
    redis.write(path, "two", os.getgid())
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert redis.is_good(path, "two", os.getgid())
    assert list(tmp_path.iterdir()) == [path]


def test_file_with_other_content_mode_or_place_is_not_good(redis, tmp_path):
    path, link = tmp_path / "account.conf", tmp_path / "link.conf"
    redis.write(path, "one", os.getgid())
    link.symlink_to(path)
    assert not redis.is_good(path, "two", os.getgid())
    assert not redis.is_good(link, "one", os.getgid())
    assert not redis.is_good(tmp_path / "missing", "one", os.getgid())
    path.chmod(0o644)
    assert not redis.is_good(path, "one", os.getgid())
