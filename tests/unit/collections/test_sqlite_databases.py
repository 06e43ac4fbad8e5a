import os
import sqlite3
from pathlib import Path

import pytest


@pytest.fixture
def sqlite(load):
    return load("sqlite_databases")


def head(path: Path) -> bytes:
    return path.read_bytes()[:100]


def test_log_ahead_is_read_from_the_file(sqlite, tmp_path):
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE a (b)")
    assert not sqlite.has_wal(head(path))
    connection.execute("PRAGMA journal_mode = WAL")
    assert sqlite.has_wal(head(path))
    connection.close()


def test_empty_file_has_no_log_yet(sqlite):
    assert not sqlite.has_wal(b"")


def test_something_else_than_a_database_is_not_touched(sqlite):
    with pytest.raises(sqlite.Odd):
        sqlite.has_wal(b"root:x:0:0:root:/root:/bin/bash")


def test_only_a_plain_file_is_opened(sqlite, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("x")
    handle = sqlite.open_plain(plain)
    os.close(handle)
    assert sqlite.open_plain(tmp_path / "missing") is None

    (tmp_path / "link").symlink_to(plain)
    os.mkfifo(tmp_path / "pipe")
    os.link(plain, tmp_path / "second name")
    for odd in ("link", "pipe", "second name", "plain", "."):
        with pytest.raises(sqlite.Odd):
            sqlite.open_plain(tmp_path / odd)
