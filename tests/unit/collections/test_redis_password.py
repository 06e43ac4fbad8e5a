import hashlib
import os

import pytest

PASSWORD = "aB3-" * 8


@pytest.fixture
def redis(load):
    return load("redis_password")


def test_option_file_gives_its_password_back(redis, load_shared):
    kept = load_shared("kept_password")
    password = kept.new_password()
    assert kept.parse_option_file(redis.option_file(6379, password)) == password


def test_redis_is_told_the_digest_and_never_the_password(redis):
    line = redis.account(PASSWORD).splitlines()[-1]
    assert PASSWORD not in redis.account(PASSWORD)
    assert line == f"user default on #{hashlib.sha256(PASSWORD.encode()).hexdigest()} ~* &* +@all -@admin"


def test_only_a_plain_file_with_this_content_and_access_is_good(redis, load_shared, tmp_path):
    files = load_shared("whole_file")
    path, link = tmp_path / "account.conf", tmp_path / "link.conf"
    access = files.Access(os.getuid(), os.getgid(), redis.MODE)
    files.write(path, b"one", access)
    link.symlink_to(path)
    assert redis.is_good(path, "one", access)
    assert not redis.is_good(path, "two", access)
    assert not redis.is_good(link, "one", access)
    assert not redis.is_good(tmp_path / "missing", "one", access)
    path.chmod(0o644)
    assert not redis.is_good(path, "one", access)
