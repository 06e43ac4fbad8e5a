"""What may lie beside a case's documents, and what must not."""

import os
import stat
from pathlib import Path

import pytest
from tests.conftest import Sample

from koor_provision.errors import InputError
from koor_provision.load.files import lies, names_in
from koor_provision.load.strays import besides
from koor_provision.load.words import numbers

DOCUMENTS = frozenset({"offer.yml"})
PLAN = "kind: plan\nplan: 00112233aabbccdd\n"
INVENTORY = "# how to reach it\nall:\n  hosts:\n    web-1:\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("offer.yml", "x"), ("offer.yml.sig", "x"), ("README", "x"), ("README.md", "x"), ("inventory.yml", INVENTORY),
        ("ssh.yml", INVENTORY), ("plan.yml", PLAN), ("friday.yml", PLAN), (".offer.yml.swp", "x"), ("offer.yml~", "x"),
        ("#offer.yml#", "x"), (".offer.yml.a1b2c3d4", "x"), (".gitignore", "x"), ("evidence", None), ("mails", None),
        (".git", None),
    ],
)  # fmt: skip
def test_what_people_and_programs_keep_there(tmp_path, name, text):
    (tmp_path / name).mkdir() if text is None else (tmp_path / name).write_text(text)

    assert not besides(tmp_path, DOCUMENTS).strays


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("passwords.txt", "x"), ("id_ed25519", "x"), ("offer.pdf", "x"), ("notes.yml", "a: b"), ("offer.yaml", "x"),
        ("checklist.yml.sig", "x"), (".env", "x"), ("notes~", "x"), ("plans", None), ("README.md", None),
        ("plan.yml", None),
    ],
)  # fmt: skip
def test_what_nobody_knows(tmp_path, name, text):
    (tmp_path / name).mkdir() if text is None else (tmp_path / name).write_text(text)

    assert besides(tmp_path, DOCUMENTS).strays == (name,)


def test_the_signatures_of_a_plan_lie_beside_it(tmp_path):
    for name, text in (("friday.yml", PLAN), ("friday.yml.sig", "x"), ("monday.yml.sig", "x")):
        (tmp_path / name).write_text(text)

    found = besides(tmp_path, DOCUMENTS)

    assert found.strays == ("monday.yml.sig",)
    assert found.texts == {"friday.yml": PLAN}


def test_a_link_is_nobodys_note(tmp_path):
    (tmp_path / "README.md").symlink_to("/etc/hostname")

    assert besides(tmp_path, DOCUMENTS).strays == ("README.md",)


def test_a_case_may_be_named_by_a_link(tmp_path):
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "x").touch()
    (tmp_path / "link").symlink_to("case")

    assert besides(tmp_path / "link", DOCUMENTS).strays == ("x",)


def _file(path: Path) -> None:
    path.touch()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def _socket(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


@pytest.mark.parametrize("make", [_file, _pipe, _nowhere, _socket])
@pytest.mark.parametrize("name", ["mails", "papers", "additions", "agreements"])
def test_what_is_no_folder_is_not_taken_for_none(koor, sample: Sample, make, name):
    make(sample.case / name)

    with pytest.raises(InputError, match=rf"{name}: is (not a folder|a symbolic link)"):
        numbers(sample.case, name)
    assert koor("check", sample.case).code == 2
    assert koor("case", "status", sample.case).code == 0


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a user whom a folder's mode keeps out; tests may run as root, whom nothing keeps out."""

    def refuse(path: str | Path, *_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)


def test_a_closed_folder_is_bad_input(koor, sample: Sample, closed):
    (sample.case / "mails").mkdir()

    with pytest.raises(InputError, match="mails: cannot be read: Permission denied") as caught:
        names_in(sample.case / "mails", "mails")
    assert "chmod" in caught.value.hint
    assert koor("check", sample.case).code == 2
    assert koor("case", "status", sample.case).code == 0


def test_what_cannot_be_looked_at_is_not_taken_for_missing(tmp_path):
    (tmp_path / "file").touch()

    assert not lies(tmp_path / "nowhere" / "a", "a")
    with pytest.raises(InputError, match="a: cannot be read: Not a directory"):
        lies(tmp_path / "file" / "a", "a")
    with pytest.raises(InputError, match="File name too long") as caught:
        lies(tmp_path / ("x" * 300), "a")
    assert "no file can have such a name" in caught.value.hint
