"""What was judged is what runs."""

import hashlib
from pathlib import Path

import pytest

from koor_provision.errors import RunError
from koor_provision.load.resources import collections, share
from koor_provision.provision import seal


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in ("playbooks/install.yml", "roles/php/tasks/main.yml", "collections/koor/module.py"):
        file = tmp_path / "source" / name
        file.parent.mkdir(parents=True)
        file.write_text(name)
    return tmp_path / "source"


@pytest.fixture
def project(source: Path, tmp_path: Path) -> Path:
    seal.copy_content(source, source / "collections", tmp_path / "project")
    return tmp_path / "project"


def test_copy_has_the_digest_of_any_other_copy(source: Path, project: Path, tmp_path: Path) -> None:
    seal.copy_content(source, source / "collections", tmp_path / "other")
    assert seal.digest(project) == seal.digest(tmp_path / "other")


def test_changed_content_changes_the_digest(project: Path) -> None:
    before = seal.digest(project)
    (project / "roles/php/tasks/main.yml").write_text("other")
    assert seal.digest(project) != before


def test_added_and_renamed_files_change_the_digest(project: Path) -> None:
    before = seal.digest(project)
    (project / "roles/php/tasks/more.yml").write_text("")
    added = seal.digest(project)
    (project / "roles/php/tasks/more.yml").rename(project / "roles/php/tasks/less.yml")
    assert len({before, added, seal.digest(project)}) == 3


def test_content_names_each_part_and_file_and_its_digests_can_be_worked_out_again(project: Path) -> None:
    content = seal.content(project)
    assert content["content_sha256"] == seal.digest(project)
    assert list(content["files"]) == ["playbooks/install.yml", "roles/php/tasks/main.yml", "collections/koor/module.py"]
    assert list(content["parts"]) == ["playbooks", "roles/php", "collections"]
    file = hashlib.sha256(b"roles/php/tasks/main.yml").hexdigest()
    assert content["files"]["roles/php/tasks/main.yml"] == file
    assert content["parts"]["roles/php"] == hashlib.sha256(f"roles/php/tasks/main.yml\0{file}\n".encode()).hexdigest()


@pytest.mark.parametrize("part", ["playbooks", "roles", "collections"])
def test_links_are_refused(source: Path, tmp_path: Path, part: str) -> None:
    (source / part / "link").symlink_to("/etc/passwd")
    with pytest.raises(RunError, match="symbolic link"):
        seal.copy_content(source, source / "collections", tmp_path / "project")


def test_what_became_a_link_later_is_refused(project: Path) -> None:
    (project / "roles/php/tasks/link.yml").symlink_to("/etc/passwd")
    with pytest.raises(RunError, match="symbolic link"):
        seal.digest(project)


def test_our_own_content_can_be_sealed(tmp_path: Path) -> None:
    seal.copy_content(share(), collections(), tmp_path / "project")
    assert (tmp_path / "project" / "playbooks" / "install.yml").is_file()
    assert (tmp_path / "project" / "roles" / "php" / "meta" / "scope.yml").is_file()
    assert not list((tmp_path / "project").rglob("__pycache__"))
