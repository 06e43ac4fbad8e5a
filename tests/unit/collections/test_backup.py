"""The backup program, with an engine of the test's own in the place of a database."""

import gzip
import importlib
import io
import sys
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import pytest
from tests.unit.collections.conftest import COLLECTIONS

SOURCES = COLLECTIONS / "ansible_collections/koor/provision/files/backup"


def source(name: str) -> ModuleType:
    """A part of the program, imported as on a server: by its name, from its own folder."""
    if str(SOURCES) not in sys.path:
        sys.path.append(str(SOURCES))
    return importlib.import_module(name)


backup, command = source("koor_backup"), source("koor_command")


class Texts:
    """An engine whose databases are texts."""

    SUFFIX = "txt"

    def __init__(self, **databases: str) -> None:
        self.databases = databases

    def dump(self, database: str, file: BinaryIO) -> None:
        file.write(b"BEGIN ")
        if database not in self.databases:
            raise command.Problem(f"no database {database}")
        file.write(self.databases[database].encode() + b" END")

    def check(self, path: Path) -> None:
        if not path.read_bytes().endswith(b" END"):
            raise command.Problem(f"{path} ends too early")

    def is_empty(self, database: str) -> bool:
        return not self.databases.get(database)

    def restore(self, database: str, path: Path) -> None:
        self.databases[database] = path.read_text().removeprefix("BEGIN ").removesuffix(" END")


@pytest.fixture
def clock(monkeypatch):
    """A clock that people can set; a second goes by when somebody waits."""

    class Clock:
        second = 0

        def now(self, _zone: object) -> object:
            return backup_datetime(2026, 11, 22, 2, 30, self.second)

    clock = Clock()
    backup_datetime = backup.datetime
    monkeypatch.setattr(backup, "datetime", clock)
    monkeypatch.setattr(backup.time, "sleep", lambda _: setattr(clock, "second", clock.second + 1))
    return clock


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_is_named_after_database_and_moment(clock, tmp_path):
    assert backup.dump_all(Texts(shop="goods"), tmp_path, ["shop"], 14) == 0
    assert names(tmp_path) == ["shop-20261122T023000Z.txt"]
    assert (tmp_path / "shop-20261122T023000Z.txt").stat().st_mode & 0o077 == 0


def test_two_in_one_second_are_two(clock, tmp_path):
    engine = Texts(shop="goods")
    assert [backup.dump_all(engine, tmp_path, ["shop"], 14) for _ in range(2)] == [0, 0]
    assert names(tmp_path) == ["shop-20261122T023000Z.txt", "shop-20261122T023001Z.txt"]


def test_the_oldest_go_and_nothing_else_does(clock, tmp_path):
    others = ["shop_log-20200101T000000Z.txt", "shop-20200101T000000Z.sql", "readme", "shop-2020.txt"]
    for name in (*others, "shop-20200101T000000Z.txt", "shop-20200102T000000Z.txt"):
        (tmp_path / name).touch()
    backup.dump_all(Texts(shop="goods"), tmp_path, ["shop"], 2)
    assert names(tmp_path) == sorted([*others, "shop-20200102T000000Z.txt", "shop-20261122T023000Z.txt"])


def test_a_dump_that_fails_leaves_older_ones_and_no_part(clock, tmp_path, capsys):
    (tmp_path / "shop-20200101T000000Z.txt").touch()
    assert backup.dump_all(Texts(log="lines"), tmp_path, ["shop", "log"], 1) == 3
    assert names(tmp_path) == ["log-20261122T023000Z.txt", "shop-20200101T000000Z.txt"]
    assert "shop was NOT backed up: no database shop" in capsys.readouterr().err


def test_what_cannot_be_read_back_is_no_backup(clock, tmp_path, monkeypatch):
    engine = Texts(shop="goods")
    monkeypatch.setattr(engine, "dump", lambda _, file: file.write(b"BEGIN goo"))
    assert backup.dump_all(engine, tmp_path, ["shop"], 1) == 3
    assert names(tmp_path) == []


def test_parts_of_a_run_that_was_killed_go(clock, tmp_path):
    (tmp_path / ".part-x").touch()
    backup.dump_all(Texts(shop="goods"), tmp_path, ["shop"], 1)
    assert names(tmp_path) == ["shop-20261122T023000Z.txt"]


@pytest.fixture
def kept(clock, tmp_path):
    return backup.back_up(Texts(shop="goods"), tmp_path, "shop")


def test_an_empty_database_is_restored(kept, tmp_path):
    engine = Texts()
    assert backup.restore(engine, tmp_path, kept, overwrite=False) == 0
    assert engine.databases == {"shop": "goods"}


def test_data_are_overwritten_only_when_told_and_backed_up_before(kept, tmp_path):
    engine = Texts(shop="newer")
    with pytest.raises(command.Problem, match="--overwrite") as refusal:
        backup.restore(engine, tmp_path, kept, overwrite=False)
    assert (refusal.value.code, engine.databases) == (1, {"shop": "newer"})
    backup.restore(engine, tmp_path, kept, overwrite=True)
    assert engine.databases == {"shop": "goods"}
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["BEGIN goods END", "BEGIN newer END"]


def test_data_that_cannot_be_backed_up_are_not_overwritten(kept, tmp_path, monkeypatch):
    engine = Texts(shop="newer")
    monkeypatch.setattr(engine, "dump", lambda _, file: file.write(b"BEGIN ne"))
    with pytest.raises(command.Problem, match="ends too early"):
        backup.restore(engine, tmp_path, kept, overwrite=True)
    assert engine.databases == {"shop": "newer"}


@pytest.mark.parametrize("name", ["shop.txt", "shop-20261122T023000Z.sql", "a b-20261122T023000Z.txt", "passwd"])
def test_only_a_backup_by_its_name_is_restored(tmp_path, name):
    (tmp_path / name).write_text("BEGIN goods END")
    with pytest.raises(command.Problem, match="is no backup") as refusal:
        backup.restore(Texts(), tmp_path, tmp_path / name, overwrite=True)
    assert refusal.value.code == 2


@pytest.mark.parametrize("content", [None, "BEGIN goo"])
def test_a_missing_or_torn_backup_changes_nothing(tmp_path, content):
    path, engine = tmp_path / "shop-20261122T023000Z.txt", Texts(shop="newer")
    if content:
        path.write_text(content)
    with pytest.raises(command.Problem, match="nothing was changed") as refusal:
        backup.restore(engine, tmp_path, path, overwrite=True)
    assert (refusal.value.code, engine.databases) == (2, {"shop": "newer"})


@pytest.mark.parametrize(
    "argv",
    [
        ["mariadb"],
        ["mariadb", "dump"],
        ["mariadb", "dump", "--keep", "0", "shop"],
        ["mariadb", "dump", "shop`; DROP"],
        ["mariadb", "restore"],
    ],
)
def test_bad_input_is_told_with_exit_code_2(argv, capsys):
    with pytest.raises(SystemExit) as exit_:
        backup.main(argv)
    assert exit_.value.code == 2
    assert "usage: koor-backup-mariadb" in capsys.readouterr().err


def test_nobody_but_root_is_served(monkeypatch, capsys):
    monkeypatch.setattr(backup.os, "geteuid", lambda: 1000)
    assert backup.main(["mariadb", "dump", "shop"]) == 2
    assert "as root" in capsys.readouterr().err


def test_programs_read_and_write_compressed_files_of_any_size(tmp_path):
    path = tmp_path / "packed"
    with path.open("wb") as file:
        command.pack([sys.executable, "-c", "print('x' * 5_000_000)"], file)
    assert len(gzip.decompress(path.read_bytes())) == 5_000_001
    command.unpack(path, [sys.executable, "-c", "import sys; sys.exit(len(sys.stdin.read()) != 5_000_001)"])


FAILING = [sys.executable, "-c", "import sys; sys.exit(7)"]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda path: command.ask(FAILING, ""),
        lambda path: command.pack(FAILING, io.BytesIO()),
        lambda path: command.unpack(path, FAILING),
    ],
    ids=["ask", "pack", "unpack"],
)
def test_a_program_that_fails_is_told_with_its_exit_code(attempt, tmp_path):
    path = tmp_path / "packed"
    path.write_bytes(gzip.compress(b"x" * 5_000_000))
    with pytest.raises(command.Problem, match="exit code 7"):
        attempt(path)


def test_a_torn_file_is_told(tmp_path):
    path = tmp_path / "packed"
    path.write_bytes(gzip.compress(b"x" * 5_000_000)[:-1])
    with pytest.raises(EOFError):
        command.unpack(path, ["cat"])


def test_a_program_answers_to_a_text(tmp_path):
    assert command.ask(["cat"], "word\n") == "word"
