import getpass
import grp
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ME = {"owner": getpass.getuser(), "group": grp.getgrgid(os.getgid()).gr_name}


@pytest.fixture
def configuration(load, monkeypatch):
    module = load("configuration")
    monkeypatch.setattr(module, "ROOT_DIRECTORY", module.Access(os.getuid(), os.getgid(), 0o755))
    monkeypatch.setattr(module, "ROOT_FILE", {**ME, "mode": "0644"})
    return module


def entry(path: Path, content: str, mode: str = "0644") -> dict[str, str]:
    return {**ME, "path": str(path), "content": content, "mode": mode}


def tree(root: Path) -> dict[str, tuple[str, str]]:
    """Everything below a folder, so that two moments can be compared."""
    return {
        str(path.relative_to(root)): (
            str(path.readlink()) if path.is_symlink() else path.read_text() if path.is_file() else "directory",
            oct(path.lstat().st_mode),
        )
        for path in root.rglob("*")
    }


def apply(configuration: Any, *, pretend: bool = False, **parameters: object) -> Any:
    change = configuration.Change(pretend=pretend)
    nothing: dict[str, Any] = {"directories": [], "placeholder": None, "files": [], "disabled": [], "unlinked": []}
    configuration.apply(change, {**nothing, **parameters})
    return change


@pytest.fixture
def server(tmp_path):
    """A configuration folder with something of everything, and a change that touches it all."""
    (tmp_path / "kept.conf").write_text("old")
    (tmp_path / "kept.conf").chmod(0o600)
    (tmp_path / "link.conf").symlink_to("kept.conf")
    (tmp_path / "enabled").symlink_to("kept.conf")
    (tmp_path / "www.conf").write_text("pool")
    (tmp_path / "www.conf.disabled").write_text("earlier pool")
    return SimpleNamespace(
        root=tmp_path,
        parameters={
            "directories": [tmp_path / "web" / "site"],
            "placeholder": {"name": "index.html", "content": "hello"},
            "files": [
                entry(tmp_path / "kept.conf", "new"),
                entry(tmp_path / "link.conf", "file"),
                entry(tmp_path / "added.conf", "added", "0640"),
            ],
            "disabled": [tmp_path / "www.conf"],
            "unlinked": [tmp_path / "enabled"],
        },
    )


def test_everything_lands(configuration, server):
    change = apply(configuration, **server.parameters)
    found = {name: content for name, (content, _) in tree(server.root).items()}
    assert found == {
        "kept.conf": "new",
        "link.conf": "file",
        "added.conf": "added",
        "www.conf.disabled": "pool",
        "web": "directory",
        "web/site": "directory",
        "web/site/index.html": "hello",
    }
    assert (server.root / "added.conf").stat().st_mode & 0o777 == 0o640
    assert len(change.paths) == 8


def test_a_second_time_nothing_changes(configuration, server):
    apply(configuration, **server.parameters)
    assert apply(configuration, **server.parameters).paths == []


def test_taking_back_leaves_no_trace(configuration, server):
    before = tree(server.root)
    change = apply(configuration, **server.parameters)
    change.take_back()
    assert tree(server.root) == before


def test_pretending_writes_nothing_and_says_the_same(configuration, server):
    before = tree(server.root)
    pretended = apply(configuration, pretend=True, **server.parameters)
    assert tree(server.root) == before
    assert pretended.paths == apply(configuration, **server.parameters).paths


def test_pretending_works_where_nothing_is_installed(configuration, tmp_path):
    change = apply(
        configuration,
        pretend=True,
        files=[
            {
                "path": str(tmp_path / "no/such/folder/x.conf"),
                "content": "x",
                "owner": "nobody-yet",
                "group": "x",
                "mode": "0644",
            }
        ],
    )
    assert change.paths == [str(tmp_path / "no/such/folder/x.conf")]


def test_a_wrong_mode_is_a_change_that_can_be_taken_back(configuration, tmp_path):
    file = tmp_path / "a.conf"
    file.write_text("same")
    file.chmod(0o666)
    change = apply(configuration, files=[entry(file, "same")])
    assert change.paths == [str(file)]
    assert file.stat().st_mode & 0o777 == 0o644
    change.take_back()
    assert file.stat().st_mode & 0o777 == 0o666


def test_an_existing_directory_keeps_its_mode_and_its_content(configuration, tmp_path):
    root = tmp_path / "site"
    root.mkdir(mode=0o750)
    (root / "index.php").touch()
    change = apply(configuration, directories=[root], placeholder={"name": "index.html", "content": "hello"})
    assert change.paths == []
    assert root.stat().st_mode & 0o777 == 0o750


def test_what_is_no_link_is_not_unlinked(configuration, tmp_path):
    file = tmp_path / "default"
    file.write_text("somebody's own")
    assert apply(configuration, unlinked=[file, tmp_path / "missing"]).paths == []
    assert file.read_text() == "somebody's own"


def test_a_file_can_be_read_by_nobody_else_before_it_has_its_mode(configuration, tmp_path, monkeypatch):
    seen = []
    give = configuration.Access.give

    def watch(access, path):
        seen.append(path.stat().st_mode & 0o777)
        give(access, path)

    monkeypatch.setattr(configuration.Access, "give", watch)
    apply(configuration, files=[entry(tmp_path / "a.conf", "x")])
    assert seen == [0o600]
