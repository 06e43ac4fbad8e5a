"""Accounts of a run go only where nothing is theirs any longer."""

import os
from types import SimpleNamespace

import pytest


@pytest.fixture
def accounts(load, monkeypatch):
    module = load("undo_accounts")
    monkeypatch.setattr(module, "skipped", set)
    monkeypatch.setattr(module, "running", lambda users: set())
    monkeypatch.setattr(module, "owned", lambda users, groups, left_out: {})
    monkeypatch.setattr(module.pwd, "getpwall", list)
    monkeypatch.setattr(module.grp, "getgrnam", lambda name: SimpleNamespace(gr_mem=[]))
    return module


WANTED = {"user": {"shop": 990}, "group": {"shop": 991}}


def test_who_owns_nothing_goes(accounts) -> None:
    assert accounts.judged(WANTED) == {}


def test_who_runs_something_stays(accounts, monkeypatch) -> None:
    monkeypatch.setattr(accounts, "running", lambda users: {990})
    assert accounts.judged(WANTED) == {"shop": "runs a process"}


def test_who_owns_something_stays(accounts, monkeypatch) -> None:
    monkeypatch.setattr(
        accounts,
        "owned",
        lambda users, groups, left_out: {("user", 990): "/srv/backup"},
    )
    assert accounts.judged(WANTED) == {"shop": "owns /srv/backup"}


def test_a_group_with_members_stays(accounts, monkeypatch) -> None:
    monkeypatch.setattr(accounts.grp, "getgrnam", lambda name: SimpleNamespace(gr_mem=["alice", "shop"]))
    assert accounts.judged({"user": {}, "group": {"shop": 991}}) == {"shop": "has alice, shop as members"}


def test_a_group_stays_with_a_user_that_stays(accounts, monkeypatch) -> None:
    monkeypatch.setattr(accounts, "running", lambda users: {990})
    monkeypatch.setattr(accounts.pwd, "getpwall", lambda: [SimpleNamespace(pw_name="shop", pw_gid=991)])
    wanted = {"user": {"shop": 990}, "group": {"sellers": 991}}
    assert accounts.judged(wanted) == {"shop": "runs a process", "sellers": "has shop as members"}


def test_people_are_refused(accounts) -> None:
    assert accounts.judged({"user": {"alice": 1000}, "group": {}}) == {"alice": "is a person's"}


def test_where_nothing_is_wanted_nothing_is_searched(accounts, monkeypatch) -> None:
    monkeypatch.setattr(accounts, "owned", lambda *_: pytest.fail("searched"))
    assert accounts.judged({"user": {}, "group": {}}) == {}


def test_files_are_found_wherever_they_lie(load, tmp_path) -> None:
    module = load("undo_accounts")
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/file").touch()
    (tmp_path / "net").mkdir()
    (tmp_path / "net/file").touch()
    found = module.owned({os.getuid()}, {os.getgid()}, {f"{tmp_path}/net"}, str(tmp_path))
    assert found["user", os.getuid()].startswith(str(tmp_path))
    assert f"{tmp_path}/net/file" not in module.paths(str(tmp_path), {f"{tmp_path}/net"})
    assert f"{tmp_path}/a/b/file" in set(module.paths(str(tmp_path), set()))


def test_other_machines_and_the_kernels_own_are_not_searched(load, tmp_path) -> None:
    module = load("undo_accounts")
    table = tmp_path / "mounts"
    table.write_text("proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw 0 0\nnas:/x /srv/nas nfs4 rw 0 0\n")
    assert module.skipped(str(table)) == {"/proc", "/srv/nas", "/run"}


def test_accounts_that_are_gone_have_no_number(load) -> None:
    module = load("undo_accounts")
    assert module.number("user", "root") == 0
    assert module.number("group", "no-such-group") is None
