"""The application's archive is the one that was ordered, and the same on every machine."""

import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from koor_provision.errors import InputError, RefusedError
from koor_provision.models.application import Application
from koor_provision.provision.source import PLACE, hand_over, pack


def git(folder: Path, *command: str) -> str:
    who = ("-c", "user.name=test", "-c", "user.email=test@app.example", "-c", "commit.gpgsign=false")
    local = ("-c", "protocol.file.allow=always")
    return subprocess.check_output(
        ["git", "-C", folder, *who, *local, *command], text=True, stderr=subprocess.PIPE
    ).strip()


def repository(folder: Path, **files: str) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "x")
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    inner = repository(tmp_path / "module", **{"info.json": "{}"})
    outer = repository(tmp_path / "application", **{"index.php": "<?php", "b/a.php": "1"})
    git(outer, "submodule", "--quiet", "add", str(inner), "Modules/Admin")
    git(outer, "commit", "--quiet", "--message", "y")
    return outer


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / PLACE).parent.mkdir(parents=True)
    return tmp_path / "project"


def ordered(data: bytes, commit: str | None = None) -> Application:
    return Application(component="application", version="1", sha256=hashlib.sha256(data).hexdigest(), commit=commit)


def test_a_commit_is_packed_with_its_submodules_and_nothing_that_differs_from_machine_to_machine(
    checkout: Path, tmp_path: Path
) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    (checkout / "index.php").write_text("not committed")
    (checkout / "new.php").write_text("not committed")
    pack(checkout, head, tmp_path / "1.tar")
    subprocess.check_call(["git", "clone", "--quiet", checkout, tmp_path / "clone"])
    git(tmp_path / "clone", "submodule", "--quiet", "update", "--init")
    pack(tmp_path / "clone", head, tmp_path / "2.tar")

    assert (tmp_path / "1.tar").read_bytes() == (tmp_path / "2.tar").read_bytes()
    with tarfile.open(tmp_path / "1.tar") as tar:
        assert tar.getnames() == [".gitmodules", "Modules/Admin/info.json", "b/a.php", "index.php"]
        assert {(member.mtime, member.uid, member.mode) for member in tar} == {(0, 0, 0o644)}
        assert tar.extractfile("index.php").read() == b"<?php"  # type: ignore[union-attr]


def test_a_submodule_that_was_not_fetched_is_told(checkout: Path, tmp_path: Path) -> None:
    subprocess.check_call(["git", "clone", "--quiet", checkout, tmp_path / "bare"])
    with pytest.raises(InputError, match="has not everything of the commit") as told:
        pack(tmp_path / "bare", git(checkout, "rev-parse", "HEAD"), tmp_path / "1.tar")
    assert "submodule update" in (told.value.hint or "")


def test_a_link_is_refused(tmp_path: Path) -> None:
    folder = repository(tmp_path / "application", **{"index.php": ""})
    (folder / "etc").symlink_to("/etc")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "link")
    with pytest.raises(RefusedError, match="holds the link etc"):
        pack(folder, git(folder, "rev-parse", "HEAD"), tmp_path / "1.tar")


def test_the_ordered_archive_is_handed_over(project: Path, tmp_path: Path) -> None:
    data = archive("release/index.php", "release/Web/a.css")
    (tmp_path / "a.tar").write_bytes(data)
    hand_over(ordered(data), tmp_path / "a.tar", project)
    assert (project / PLACE).read_bytes() == data


def archive(*names: str) -> bytes:
    """Packed; a name that ends in a slash is a folder's, one with an arrow a link's."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name in names:
            info = tarfile.TarInfo(name.partition("->")[0].rstrip("/"))
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.SYMTYPE if "->" in name else tarfile.REGTYPE
            info.linkname = name.partition("->")[2]
            info.size = 10_000 if info.isfile() else 0
            tar.addfile(info, io.BytesIO(bytes(range(250)) * 40))
    return out.getvalue()


BROKEN = {
    "no archive": (b"a placeholder", "is no whole archive"),
    "cut off": (archive("index.php", "a")[:-40], "is no whole archive"),
    "empty": (archive(), "holds no index.php"),
    "something else": (archive("README", "b/index.php"), "holds no index.php"),
    "a file with a file in it": (archive("index.php", "f", "f/g"), "holds f both as a file and as a folder"),
    "a folder and a file": (archive("index.php", "f/", "f"), "holds f both as a file and as a folder"),
    "a link": (archive("index.php", "a->/etc"), "holds a, which is no plain file"),
    "out of it": (archive("index.php", "../a"), "leads elsewhere"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_archive_that_no_server_could_unpack_is_refused_here(project: Path, tmp_path: Path, name: str) -> None:
    data, reason = BROKEN[name]
    (tmp_path / "a.tar").write_bytes(data)
    with pytest.raises(RefusedError, match=reason) as told:
        hand_over(ordered(data), tmp_path / "a.tar", project)
    assert told.value.where == str(tmp_path / "a.tar")


def test_a_checkout_is_packed_by_the_ordered_commit(checkout: Path, project: Path, tmp_path: Path) -> None:
    first = git(checkout, "rev-parse", "HEAD")
    pack(checkout, first, tmp_path / "1.tar")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "later")
    hand_over(ordered((tmp_path / "1.tar").read_bytes(), first), checkout, project)
    assert (project / PLACE).read_bytes() == (tmp_path / "1.tar").read_bytes()


def test_another_archive_is_refused(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"other")
    with pytest.raises(RefusedError, match="is not the ordered archive"):
        hand_over(ordered(b"archive"), tmp_path / "a.tar", project)


@pytest.mark.parametrize("name", [None, "missing", "."])
def test_what_is_no_source_is_told(project: Path, tmp_path: Path, name: str | None) -> None:
    with pytest.raises(InputError) as told:
        hand_over(ordered(b"archive"), tmp_path / name if name else None, project)
    assert "--application-source PATH" in (told.value.hint or "")


def test_a_checkout_for_an_order_without_a_commit_is_told(checkout: Path, project: Path) -> None:
    with pytest.raises(InputError, match="names no commit"):
        hand_over(ordered(b"archive"), checkout, project)
