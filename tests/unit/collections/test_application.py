"""The application is installed where there is nothing to lose, and nowhere else; its settings are set whole."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

FIXTURE = Path(__file__).parents[2] / "application"
ACCOUNT = {"login": "koor_install", "password": "abc-DEF_1.2", "host": "127.0.0.1", "database": "koor"}


@pytest.fixture
def tree(load_shared):
    return load_shared("application_tree")


@pytest.fixture
def config(load_shared):
    return load_shared("application_config")


@pytest.fixture
def place(load_shared):
    return load_shared("application_site")


def archive(path: Path, **files: bytes | str) -> Path:
    """Text is a link to that name."""
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return path


def test_an_archive_is_unpacked_without_the_folder_around_it(tree, tmp_path: Path) -> None:
    tree.unpack(archive(tmp_path / "a.tar", **{"release/index.php": b"x", "release/Web/a.css": b"y"}), tmp_path / "to")
    assert (tmp_path / "to" / "index.php").read_bytes() == b"x"
    assert (tmp_path / "to" / "Web" / "a.css").read_bytes() == b"y"


def test_an_archive_with_a_file_at_its_top_is_unpacked_as_it_is(tree, tmp_path: Path) -> None:
    tree.unpack(archive(tmp_path / "a.tar", **{"index.php": b"x"}), tmp_path / "to")
    assert (tmp_path / "to" / "index.php").read_bytes() == b"x"


@pytest.mark.parametrize(
    "files", [{"../out": b""}, {"/etc/passwd": b""}, {"a/../../out": b""}, {"link": "/etc/passwd"}, {"a": "b"}]
)
def test_what_leads_elsewhere_is_refused(tree, tmp_path: Path, files: dict[str, Any]) -> None:
    with pytest.raises(tree.Refused):
        tree.unpack(archive(tmp_path / "a.tar", **files), tmp_path / "to")
    assert not (tmp_path / "out").exists()


def test_what_is_no_archive_is_refused(tree, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("a placeholder")
    with pytest.raises(tree.Refused, match="is no archive"):
        tree.unpack(tmp_path / "a.tar", tmp_path / "to")


def lay(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_manifest_leaves_out_the_installer_and_what_is_made_here(tree, tmp_path: Path) -> None:
    lay(tmp_path, **{"index.php": "", "Install/cli.php": "", "config.php": "", ".htaccess": "", "Web/a.php": ""})
    assert set(tree.manifest(tmp_path)) == {"index.php", "Web/a.php"}


def test_an_update_keeps_what_was_made_here_and_tells_what_both_changed(tree, tmp_path: Path) -> None:
    files = {"index.php": "1", "Web/Routes.php": "empty", "both.php": "1", "gone.php": "1"}
    first = tree.manifest(lay(tmp_path / "first", **files))
    old = lay(tmp_path / "old", **{**files, "Web/Routes.php": "made here", "both.php": "here"})
    lay(old, **{"Modules/Files/upload.pdf": "a document", "config.php": "settings"})
    new = lay(tmp_path / "new", **{"index.php": "2", "Web/Routes.php": "empty", "both.php": "2"})

    both = tree.carry_over(old, new, first, tree.manifest(new))

    assert both == ["both.php"]
    texts = {name: (new / name).read_text() for name in ("index.php", "Web/Routes.php", "both.php", "config.php")}
    assert texts == {"index.php": "2", "Web/Routes.php": "made here", "both.php": "2", "config.php": "settings"}
    assert (new / "Modules/Files/upload.pdf").read_text() == "a document"
    assert not (new / "gone.php").exists()


def test_each_connection_gets_its_own_account(config) -> None:
    text = (FIXTURE / "Install" / "config.php").read_text()
    logins = {name: {"login": f"koor_{work}", "password": "p-1"} for name, work in config.WORKS.items()}
    found = config.set_masters(text, logins)
    assert config.masters(found) == {name: f"koor_{work}" for name, work in config.WORKS.items()}
    assert "'root'" not in found


@pytest.mark.parametrize("value", ["it's", "back\\slash", "a\nline", "$1", ""])
def test_a_value_that_would_break_the_configuration_is_refused(config, value: str) -> None:
    text = (FIXTURE / "Install" / "cli.php").read_text()
    with pytest.raises(config.Refused, match="would break"):
        config.set_variables(text, {"adminpassword": value})


def test_an_application_of_another_kind_is_refused(config) -> None:
    with pytest.raises(config.Refused, match="no 'masters'"):
        config.set_masters("<?php return [];", {"select": ACCOUNT})
    with pytest.raises(config.Refused, match=r"no \$domain"):
        config.set_variables("<?php\n$orgname = 'x';\n", {"domain": "a.example"})


RULES = """\
RewriteCond %{HTTP_HOST} !^www [L]
RewriteRule ^x$ /y [L]
php_value memory_limit 1G
SetEnv OMS_PRIVATE_KEY_I abc
"""


@pytest.mark.parametrize(("handler", "kept"), [("mod_php", True), ("fpm", False)])
def test_rules_are_made_such_that_apache_takes_them(config, handler: str, kept: bool) -> None:
    found = config.adapt_rules(RULES, handler)
    assert "RewriteCond %{HTTP_HOST} !^www\n" in found
    assert "RewriteRule ^x$ /y [L]\n" in found
    assert ("php_value" in found) is kept
    assert config.adapt_rules(found, handler) == found
    assert config.private_key(found) == "abc"


class Base:
    name = "koor"

    def __init__(self, tables: int) -> None:
        self.found = tables

    def tables(self) -> list[str]:
        return ["table"] * self.found


def site(place, root: Path, tables: int, *, sha256: str = "a", reinstall: str = "", record: Any = None) -> Any:
    parameters = {"document_root": root / "site", "state": root / "state", "database": "koor"}
    one = place.Site({**parameters, "sha256": sha256, "reinstall": reinstall})
    one.base = Base(tables)
    if record is not None:
        (root / "state").mkdir()
        one.record.write_text(json.dumps(record))
    return one


DONE = {"sha256": "a", "reinstalled": ""}


def test_an_empty_place_is_installed_into_even_with_the_web_servers_page(place, tmp_path: Path) -> None:
    assert place.situation(site(place, tmp_path, 0)) == "install"
    lay(tmp_path / "site", **{"index.html": "ready"})
    assert place.situation(site(place, tmp_path, 0)) == "install"


@pytest.mark.parametrize(
    ("files", "tables", "record"),
    [
        (["config.php"], 0, None),
        ([], 1, None),
        (["config.php"], 75, None),
        (["config.php"], 0, DONE),
        ([], 75, DONE),
    ],
)
def test_where_anything_would_be_lost_it_is_refused(place, tmp_path: Path, files, tables: int, record) -> None:
    lay(tmp_path / "site", **dict.fromkeys(files, "x"))
    with pytest.raises(place.Refused, match="Nothing was changed"):
        place.situation(site(place, tmp_path, tables, record=record))


def test_files_of_somebody_else_are_refused(place, tmp_path: Path) -> None:
    lay(tmp_path / "site", **{"shop.php": "x"})
    with pytest.raises(place.Refused, match=r"is not empty: shop\.php"):
        place.situation(site(place, tmp_path, 0))


@pytest.mark.parametrize(("sha256", "action"), [("a", ""), ("b", "update")])
def test_what_was_installed_from_here_is_kept_or_updated(place, tmp_path: Path, sha256: str, action: str) -> None:
    lay(tmp_path / "site", **{"config.php": "x"})
    assert place.situation(site(place, tmp_path, 75, sha256=sha256, record=DONE)) == action


def test_a_word_to_install_anew_counts_once(place, tmp_path: Path) -> None:
    lay(tmp_path / "site", **{"config.php": "x"})
    record = {**DONE, "reinstalled": "move"}
    assert place.situation(site(place, tmp_path, 75, reinstall="again", record=record)) == "reinstall"
    (tmp_path / "state" / "deployed.json").unlink()
    (tmp_path / "state").rmdir()
    assert place.situation(site(place, tmp_path, 75, reinstall="move", record=record)) == ""


def test_an_archive_that_is_not_the_ordered_one_is_deleted(place, tmp_path: Path) -> None:
    one = site(place, tmp_path, 0)
    one.parameters["archive"] = tmp_path / "a.tar"
    (tmp_path / "a.tar").write_text("a placeholder")
    with pytest.raises(place.Refused, match="is not the ordered one"):
        one.verified()
    assert not (tmp_path / "a.tar").exists()


CHECKED = {
    "/": (403, "<title>Sign in</title>"),
    "/api": (404, "[]"),
    "/config.php": (200, ""),
    "/Install/cli.php": (404, ""),
}


@pytest.mark.parametrize(
    ("path", "answer", "complaint"),
    [
        ("/", (200, ""), "the front page answers 200 with 0 characters"),
        ("/", (403, "<title></title>"), "the front page answers 403"),
        ("/", (500, "<title>Error</title>"), "the front page answers 500"),
        ("/api", (404, "<html>"), "the API answers 404 and no JSON"),
        ("/config.php", (200, "<?php"), "config.php can be read"),
        ("/Install/cli.php", (200, ""), "Install/ can be reached"),
    ],
)
def test_answers_that_mislead_are_seen_through(load_shared, monkeypatch, path, answer, complaint) -> None:
    check = load_shared("application_check")
    given = {**CHECKED}
    monkeypatch.setattr(check, "ask", lambda page, name, https: check.Answer(*given[page]))
    assert check.pages("", https=True) == []
    given[path] = answer
    (found,) = check.pages("", https=True)
    assert complaint in found


def test_only_grave_messages_that_came_since_count(load_shared, tmp_path: Path) -> None:
    check = load_shared("application_check")
    log = tmp_path / "Logs" / "2026-01-31.log"
    lay(tmp_path, **{"Logs/2026-01-31.log": "t; critical; x\n"})
    before = check.sizes_of_logs(tmp_path)
    assert check.grave_logs(tmp_path, before) == []
    log.write_text(log.read_text() + "t; warning; x\nt; alert; secret\n")
    assert check.grave_logs(tmp_path, before) == ["2026-01-31.log has a message of the level alert"]


CUT_OFF = [
    ({"index.php": "maintenance"}, True, "old", False),
    ({"index.php": "new", "config.php": "x"}, False, "old", True),
    ({"index.php": "new", "config.php": "x"}, True, "new", False),
]


@pytest.mark.parametrize("case", CUT_OFF)
def test_an_update_that_was_cut_off_is_finished_or_taken_back(load_shared, monkeypatch, tmp_path: Path, case) -> None:
    there, works, left, restored = case
    updating = load_shared("application_update")
    lay(tmp_path / "site", **there)
    lay(tmp_path / "site.working", **{"index.php": "old", "config.php": "x"})
    lay(tmp_path / "state" / "backups" / "2026", **{"database.sql.gz": ""})
    dumps: list[object] = []
    one = site(load_shared("application_site"), tmp_path, 75)
    one.base.restore = dumps.append
    monkeypatch.setattr(updating, "complaints", lambda *_: [] if works else ["broken"])

    updating.recover(one)

    assert (tmp_path / "site" / "index.php").read_text() == left
    assert not (tmp_path / "site.working").exists()
    assert bool(dumps) is restored
    assert len(one.notes) == 1
    updating.recover(one)
    assert len(one.notes) == 1
