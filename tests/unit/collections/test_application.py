"""The application is installed where there is nothing to lose, and nowhere else; its settings are set whole."""

import gzip
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


@pytest.mark.parametrize("names", [["f", "f/g"], ["d/g", "d", "e/h"]])
def test_an_archive_that_contradicts_itself_is_refused_and_leaves_nothing(tree, tmp_path: Path, names) -> None:
    with pytest.raises(tree.Refused, match="both as a file and as a folder"):
        tree.unpack(archive(tmp_path / "a.tar", **dict.fromkeys(names, b"x")), tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_an_archive_that_was_cut_off_is_refused_and_leaves_nothing(tree, tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.tar", **{"index.php": bytes(range(256)) * 400})
    packed = gzip.compress(whole.read_bytes())
    (tmp_path / "cut.tar").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(tree.Refused, match="is cut off or damaged"):
        tree.unpack(tmp_path / "cut.tar", tmp_path / "to")
    assert not (tmp_path / "to").exists()


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

    carried = tree.carry_over(old, new, first, tree.manifest(new))

    assert (carried.both, carried.links, carried.programs) == (["both.php"], [], [])
    texts = {name: (new / name).read_text() for name in ("index.php", "Web/Routes.php", "both.php", "config.php")}
    assert texts == {"index.php": "2", "Web/Routes.php": "made here", "both.php": "2", "config.php": "settings"}
    assert (new / "Modules/Files/upload.pdf").read_text() == "a document"
    assert not (new / "gone.php").exists()


def test_an_update_keeps_links_and_programs_of_this_server_and_tells_of_them(tree, tmp_path: Path) -> None:
    files = {"index.php": "1", "Uploads/README": "here", "Web/a.css": "1", "taken.php": "1"}
    first = tree.manifest(lay(tmp_path / "first", **files))
    old = lay(tmp_path / "old", **{"index.php": "1", "Web/a.css": "1", "Modules/evil.php": "x", "Web/made.php": "x"})
    data = lay(tmp_path / "data", README="here", photo="a photo")
    (old / "Uploads").symlink_to(data)
    (old / "media").symlink_to("Uploads/photo")
    (old / "taken.php").symlink_to("index.php")
    new = lay(tmp_path / "new", **{**files, "index.php": "2", "taken.php": "2"})

    carried = tree.carry_over(old, new, first, tree.manifest(new))

    assert (new / "media").readlink() == Path("Uploads/photo")
    assert (new / "Uploads" / "photo").read_text() == "a photo"
    assert not (new / "taken.php").is_symlink()
    assert carried.links == [f"Uploads (to {data})", "media (to Uploads/photo)"]
    assert (carried.both, carried.programs) == (["taken.php"], ["Modules/evil.php"])
    assert "find out whose they are" in " ".join(carried.notes())
    assert (data / "photo").exists()


def test_a_link_in_the_place_of_a_folder_that_the_new_version_changes_stops_the_update(tree, tmp_path: Path) -> None:
    first = tree.manifest(lay(tmp_path / "first", **{"Uploads/README": "1"}))
    old = lay(tmp_path / "old", **{"index.php": "1"})
    (old / "Uploads").symlink_to("/srv/data")
    new = lay(tmp_path / "new", **{"Uploads/README": "2"})
    with pytest.raises(tree.Refused, match="Uploads is a link here"):
        tree.carry_over(old, new, first, tree.manifest(new))


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


def test_an_organisation_of_any_language_is_written_as_it_is(config) -> None:
    text = (FIXTURE / "Install" / "cli.php").read_text()
    assert "$orgname       = 'Bäcker & Söhne';" in config.set_variables(text, {"orgname": "Bäcker & Söhne"})


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


@pytest.mark.parametrize(("fresh", "condition"), [(True, "module_status = 1"), (False, "TRUE")])
def test_a_hidden_module_counts_but_right_after_the_installation(load_shared, fresh: bool, condition: str) -> None:
    """Whoever hides what nobody uses does as the checklist asks, and is no reason to take an update back."""
    asked = []

    class Answers:
        def tables(self) -> list[str]:
            return ["table"] * 75

        def sql(self, statement: str) -> list[list[str]]:
            return [["module_name"], ["module_status"]] if statement.startswith("SHOW") else [["1"]]

        def count(self, table: str, condition: str = "TRUE") -> int:
            asked.append((table, condition))
            return 13

    least = {"tables": 71, "modules": 13, "apps": 6}
    assert load_shared("application_check").database(Answers(), least, fresh=fresh) == []
    assert asked == [("module", condition), ("app", "TRUE")]


DUMPED = b"""-- made on Monday
CREATE TABLE `unit` (
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4;
LOCK TABLES `unit` WRITE;
INSERT INTO `unit` VALUES
(1,'North');
UNLOCK TABLES;
LOCK TABLES `monitoring_request` WRITE;
INSERT INTO `monitoring_request` VALUES
(1,'/');
UNLOCK TABLES;
"""


@pytest.mark.parametrize(
    ("was", "became", "same"),
    [
        (b"Monday", b"Tuesday", True),
        (b"(1,'/')", b"(1,'/'),\n(2,'/api')", True),
        (b"AUTO_INCREMENT=3", b"AUTO_INCREMENT=9", True),
        (b"(1,'North')", b"(1,'North'),\n(2,'East')", False),
        (b"(1,'North')", b"(1,'AUTO_INCREMENT=3')", False),
    ],
)
def test_visits_make_no_other_database_and_work_does(load_shared, was: bytes, became: bytes, same: bool) -> None:
    matter = load_shared("application_database").matter
    before, after = DUMPED.splitlines(), DUMPED.replace(was, became).splitlines()
    assert before != after
    assert (list(matter(before)) == list(matter(after))) is same


def cut_off(load_shared, monkeypatch, root: Path, *, there: dict[str, str], works: bool, same: bool = True) -> Any:
    """A server on which an update was cut off; `dumps` are the backups that the database was brought back from."""
    updating = load_shared("application_update")
    lay(root / "site", **there)
    lay(root / "site.working", **{"index.php": "old", "config.php": "x"})
    backup = lay(root / "state" / "backups" / "2026-01-31T080000Z", **{"database.sql.gz": "before"})
    one = site(load_shared("application_site"), root, 75, sha256="b")
    mark = {"sha256": "b", "version": "2", "began": "2026-01-31T080000Z", "manifest": {"index.php": "1"}}
    one.mark.write_text(json.dumps({**mark, "backup": str(backup)}))
    one.record.write_text(json.dumps(DONE))
    one.dumps, one.base.same_as = [], lambda _: same
    one.base.restore = lambda path: one.dumps.append(path.read_text())

    def backed_up(site: Any, *, for_good: bool = False) -> Path:
        assert for_good
        there = {"index.php": (site.root / "index.php").read_text()}
        return lay(root / "state" / "backups" / "2026-02-07T080000Z-kept", **there)

    monkeypatch.setattr(updating, "backup", backed_up)
    monkeypatch.setattr(updating, "complaints", lambda *_: [] if works else ["broken"])
    return one


MAINTAINED, IN_PLACE = {"index.php": "maintenance"}, {"index.php": "new", "config.php": "x"}


@pytest.mark.parametrize("there", [MAINTAINED, {}])
def test_an_update_that_was_cut_off_before_it_was_in_place_is_taken_back(
    load_shared, monkeypatch, tmp_path: Path, there
) -> None:
    one = cut_off(load_shared, monkeypatch, tmp_path, there=there, works=True)
    recover = load_shared("application_update").recover

    recover(one)

    assert (tmp_path / "site" / "index.php").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "state"]
    assert (one.dumps, one.deployed()["sha256"], one.mark.exists()) == ([], "a", False)
    assert "to version 2 had been cut off (begun 2026-01-31T080000Z)" in one.notes[0]
    recover(one)
    assert len(one.notes) == 1


def test_an_update_that_was_cut_off_in_place_is_kept_and_written_down_where_it_works(
    load_shared, monkeypatch, tmp_path: Path
) -> None:
    one = cut_off(load_shared, monkeypatch, tmp_path, there=IN_PLACE, works=True, same=False)
    load_shared("application_update").recover(one)
    assert (tmp_path / "site" / "index.php").read_text() == "new"
    assert (one.dumps, one.deployed()["version"], one.known()) == ([], "2", {"index.php": "1"})
    assert "is kept" in one.notes[0]


def test_what_was_written_since_a_cut_off_update_is_never_lost_unasked(
    load_shared, monkeypatch, tmp_path: Path
) -> None:
    one = cut_off(load_shared, monkeypatch, tmp_path, there=IN_PLACE, works=False, same=False)
    updating, place = load_shared("application_update"), load_shared("application_site")
    with pytest.raises(place.Refused, match=r"begun 2026-01-31T080000Z.*broken.*nothing was changed.*touch "):
        updating.recover(one)
    assert (tmp_path / "site" / "index.php").read_text() == "new"
    assert (one.dumps, one.notes, one.mark.exists()) == ([], [], True)

    one.consent.touch()
    updating.recover(one)

    assert (tmp_path / "site" / "index.php").read_text() == "old"
    assert one.dumps == ["before"]
    assert (tmp_path / "state/backups/2026-02-07T080000Z-kept/index.php").read_text() == "new"
    assert "what came since is gone; everything as it was before that lies in" in one.notes[0]
    assert not one.consent.exists()


def test_a_cut_off_update_that_nobody_worked_with_is_taken_back_by_itself(
    load_shared, monkeypatch, tmp_path: Path
) -> None:
    one = cut_off(load_shared, monkeypatch, tmp_path, there=IN_PLACE, works=False, same=True)
    load_shared("application_update").recover(one)
    assert (tmp_path / "site" / "index.php").read_text() == "old"
    assert one.dumps == []
    assert "the database was the same" in one.notes[0]


def test_an_upload_since_a_cut_off_update_is_work_as_well(load_shared, monkeypatch, tmp_path: Path) -> None:
    there = {**IN_PLACE, "Logs/today.log": "x", "Web/page.html": "x", "Modules/Admin/letter.txt": "a letter"}
    one = cut_off(load_shared, monkeypatch, tmp_path, there=there, works=False, same=True)
    with pytest.raises(load_shared("application_site").Refused, match="Files were made since the backup"):
        load_shared("application_update").recover(one)
    assert (tmp_path / "site" / "Modules/Admin/letter.txt").exists()


def test_what_root_said_of_one_update_counts_for_no_other(load_shared, monkeypatch, tmp_path: Path) -> None:
    one = cut_off(load_shared, monkeypatch, tmp_path, there=IN_PLACE, works=True)
    one.consent.touch()
    load_shared("application_update").recover(one)
    assert not one.consent.exists()


def test_an_update_that_was_done_but_for_the_old_files_is_done(load_shared, monkeypatch, tmp_path: Path) -> None:
    one = cut_off(load_shared, monkeypatch, tmp_path, there=IN_PLACE, works=False, same=False)
    one.record.write_text(json.dumps({**DONE, "sha256": "b"}))
    load_shared("application_update").recover(one)
    assert (tmp_path / "site" / "index.php").read_text() == "new"
    assert not (tmp_path / "site.working").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "1"}'])
def test_a_record_that_cannot_be_read_is_named_with_where_to_get_it(place, tmp_path: Path, text: str) -> None:
    one = site(place, tmp_path, 75)
    backup = lay(tmp_path / "state" / "backups" / "2026-01-31T080000Z", **{"deployed.json": "{}"})
    one.record.write_text(text)
    with pytest.raises(place.Refused, match=rf"deployed\.json .*bring it back from {backup}/deployed\.json"):
        one.deployed()


def test_a_lost_record_is_no_reason_to_install_anew(place, tmp_path: Path) -> None:
    lay(tmp_path / "site", **{"config.php": "x"})
    lay(tmp_path / "state", **{"manifest.json": "{}"})
    with pytest.raises(place.Refused, match="the record of what was installed from here") as told:
        place.situation(site(place, tmp_path, 75))
    assert "application_reinstall" not in str(told.value)


def test_a_lost_list_of_files_is_made_anew_from_the_archive(place, tmp_path: Path, tree) -> None:
    one = site(place, tmp_path, 75, record=DONE)
    one.parameters["archive"] = tmp_path / "b.tar"
    with pytest.raises(place.Refused, match=r"or put the archive of version None there"):
        one.known()
    made = archive(tmp_path / "a.tar", **{"release/index.php": b"x"})
    sha256 = tree.digest(made)
    one.record.write_text(json.dumps({**DONE, "sha256": sha256}))
    made.rename(tmp_path / f"{sha256}.tar")
    assert set(one.known(keep=False)) == {"index.php"}
    assert not one.files.exists()
    assert one.known() == one.read(one.files)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{sha256}.tar", "state"]


def test_a_backup_for_good_makes_no_room_for_others(place, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(place, "crontab_of_user", lambda: "")
    one = site(place, tmp_path, 75, record=DONE)
    one.base.dump = lambda path: path.write_text("rows")
    lay(tmp_path / "site", **{"Uploads/photo": "a photo"})
    (tmp_path / "site" / "media").symlink_to("/srv/data")
    moments = [f"2026-01-{day:02}T080000Z" for day in range(1, 9)]
    for number, moment in enumerate(moments):
        monkeypatch.setattr(place, "now", lambda moment=moment: moment)
        folder = place.backup(one, for_good=number == 0)
    assert len(list(folder.parent.iterdir())) == 8
    place.make_room(one)
    names = sorted(path.name for path in folder.parent.iterdir())
    assert names == [f"{moments[0]}-kept", *moments[-5:]]
    there = sorted(path.name for path in folder.iterdir())
    assert there == ["crontab", "database.sql.gz", "deployed.json", "files.tar"]
    with tarfile.open(folder / "files.tar") as tar:
        photo = tar.extractfile("./Uploads/photo")
        assert photo
        assert photo.read() == b"a photo"
        assert tar.getmember("./media").linkname == "/srv/data"
    assert not [path for path in folder.rglob("*") if path.is_symlink()]


def test_a_failure_is_told_in_one_line_with_what_was_done_before(load) -> None:
    module = load("application")
    assert module.sentence(ValueError("a\nb"), []) == "a b"
    assert module.sentence(ValueError("it failed"), ["taken back"]) == "taken back. Then: it failed"
