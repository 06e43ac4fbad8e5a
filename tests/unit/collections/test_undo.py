"""Keeping, noting and putting back, on a folder that stands for a server's root."""

import json
import stat
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

RUN, LATER = "0123456789abcdef", "fedcba9876543210"
STATUS = """\
Package: nginx
Status: install ok installed
Version: 1.22.1-9
Conffiles:
 /etc/nginx/nginx.conf 0123456789abcdef0123456789abcdef

Package: half
Status: deinstall ok config-files
Version: 1-1

Package: gone
Status: purge ok not-installed
"""
ADDED = """
Package: shop
Status: install ok installed
Version: 2.0
Conffiles:
 /etc/shop/shipped.conf {md5}
"""


@pytest.fixture
def kept(load_shared):
    return load_shared("kept")


@pytest.fixture
def keeping(load_shared):
    return load_shared("keeping")


@pytest.fixture
def putting_back(load_shared):
    return load_shared("putting_back")


@pytest.fixture
def undoing(load_shared, monkeypatch):
    undoing = load_shared("undoing")
    monkeypatch.setattr(undoing, "_shipped", {})
    return undoing


class Target:
    """A server with nginx and a site, in a folder."""

    def __init__(self, root: Path, keeping, undoing) -> None:
        self.root, self.keeping, self.undoing = root, keeping, undoing
        self.base = f"{root}/var/lib/koor-provision/undo"
        self.order = {
            "plan": "kind: plan\n",
            "signatures": "signed",
            "paths": [
                "/etc/nginx/",
                "/etc/shop/",
                "/usr/local/lib/shop/",
                "/var/lib/shop/",
                "/var/www/",
                "/var/lib/db/",
            ],
            "packages": ["nginx", "shop", "half"],
            "services": [],
            "users": ["shop"],
            "groups": ["shop"],
            "goes_on": False,
        }
        self.write("/etc/nginx/nginx.conf", "as shipped\n")
        self.write("/etc/nginx/site.conf", "old\n", 0o640)
        self.write("/etc/hosts", "127.0.0.1 localhost\n")
        self.write("/etc/shadow", "root:secret\n", 0o600)
        self.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        self.write("/etc/group", "root:x:0:\n")
        self.write("/var/lib/dpkg/status", STATUS)
        self.write("/var/www/html/index.html", "theirs")
        (root / "etc/nginx/enabled").symlink_to("site.conf")

    def path(self, path: str) -> Path:
        return self.root / path[1:]

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        self.path(path).parent.mkdir(parents=True, exist_ok=True)
        self.path(path).write_text(text)
        self.path(path).chmod(mode)

    def keep(self, run: str = RUN, *, goes_on: bool = False) -> Path:
        order = {**self.order, "goes_on": goes_on}
        return Path(self.keeping.keep(run, order, self.base, str(self.root)))

    def note(self, run: str = RUN) -> bool:
        return bool(self.keeping.note(run, self.base, str(self.root)))

    def install(self) -> None:
        """What a run would do."""
        self.write("/etc/nginx/site.conf", "new\n")
        self.path("/etc/nginx/enabled").unlink()
        self.write("/etc/nginx/conf.d/koor.conf", "ours\n")
        self.write("/etc/shop/shop.conf", "ours\n")
        self.write("/usr/local/lib/shop/tool", "ours\n", 0o755)
        self.write("/var/lib/shop/data.db", "empty")
        self.write("/var/www/koor/index.php", "ours")
        self.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nshop:x:990:990::/:/bin/false\n")
        self.write("/var/lib/dpkg/status", STATUS + ADDED.format(md5="0" * 32))

    def look(self, run: str = RUN):
        return self.undoing.look(run, self.base, str(self.root))

    def tree(self) -> dict[str, object]:
        """Everything below /etc, /usr and /var/www."""
        found: dict[str, object] = {}
        for top in ("etc", "usr", "var/www"):
            for path in sorted((self.root / top).rglob("*")):
                seen = path.lstat()
                content = path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else ""
                found[str(path)] = (stat.S_IMODE(seen.st_mode), content)
        return found


@pytest.fixture
def target(tmp_path, keeping, undoing):
    return Target(tmp_path, keeping, undoing)


@pytest.fixture
def installed(target):
    target.keep()
    target.install()
    assert target.note()
    return target


def test_what_is_kept_is_for_its_owner_alone(target) -> None:
    folder = target.keep()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert set(modes.values()) == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent, folder.parent.parent)} == {0o700}


def test_no_password_is_kept(target) -> None:
    folder = target.keep()
    with tarfile.open(folder / "before.tar") as archive:
        assert "etc/shadow" not in archive.getnames()
        assert "etc/nginx/site.conf" in archive.getnames()
    assert "secret" not in "".join(path.read_text(errors="replace") for path in folder.iterdir())


def test_a_run_that_changed_nothing_leaves_nothing(target) -> None:
    folder = target.keep()
    assert not target.note()
    assert not folder.exists()


def test_after_the_run_only_what_it_changed_is_kept(installed) -> None:
    with tarfile.open(f"{installed.base}/{RUN}/before.tar") as archive:
        assert archive.getnames() == ["etc/nginx/site.conf"]


def test_a_note_in_the_middle_of_a_run_lets_go_of_nothing(target, putting_back) -> None:
    """The application takes what comes before it into service first; what it changes itself is noted all the same."""
    before = target.tree()
    folder = target.keep(goes_on=True)
    target.note()
    assert folder.exists()
    with tarfile.open(folder / "before.tar") as archive:
        assert "etc/nginx/site.conf" in archive.getnames()
    target.keep(goes_on=True)
    target.install()
    assert target.note()
    with tarfile.open(folder / "before.tar") as archive:
        assert archive.getnames() == ["etc/nginx/site.conf"]
    assert {path.name for path in folder.iterdir()} >= {"after.json"}
    assert not (folder / "goes-on").exists()
    assert target.look()["changed"] == []
    assert before != target.tree()


def test_a_run_that_goes_on_and_changes_nothing_leaves_nothing(target) -> None:
    folder = target.keep(goes_on=True)
    target.note()
    target.keep(goes_on=True)
    assert not target.note()
    assert not folder.exists()


def test_a_run_is_kept_once(target, kept) -> None:
    target.keep()
    with pytest.raises(kept.Odd, match="there already"):
        target.keep()


def test_what_a_torn_run_left_half_kept_goes(target) -> None:
    half = Path(target.base) / f".{LATER}"
    half.mkdir(parents=True)
    target.keep()
    assert not half.exists()


def test_undoing_brings_every_file_back(target, putting_back) -> None:
    before = target.tree()
    target.keep()
    target.install()
    target.note()
    seen = target.look()
    going = [*seen["deleted"], *(one["path"] for one in seen["made"])]
    assert putting_back.clear(RUN, going, target.base, str(target.root))
    assert putting_back.put_back(RUN, seen["restored"], target.base, str(target.root))
    after = target.tree()
    for each in (before, after):
        each.pop(str(target.path("/etc/passwd")))  # accounts are taken out by their own tools
    assert after == before


def test_a_look_names_what_goes_and_what_comes_back(installed) -> None:
    seen = installed.look()
    assert seen["restored"] == ["/etc/nginx/enabled", "/etc/nginx/site.conf"]
    assert seen["deleted"] == ["/etc/nginx/conf.d/", "/etc/shop/", "/usr/local/lib/shop/"]
    assert [(one["path"], one["touched"]) for one in seen["made"]] == [
        ("/var/lib/shop/", False),
        ("/var/www/koor/", False),
    ]
    assert (seen["added"], seen["users"], seen["changed"]) == ({"shop": "2.0"}, ["shop"], [])
    assert (seen["state"], seen["finished"], seen["plan"]) == ("kept", True, "kind: plan\n")


def test_what_somebody_made_or_changed_since_is_named(installed) -> None:
    installed.write("/etc/shop/customers.conf", "theirs\n")
    installed.write("/etc/nginx/conf.d/koor.conf", "theirs\n")
    installed.write("/etc/hosts", "theirs\n")
    installed.write("/var/lib/shop/data.db", "orders")
    seen = installed.look()
    assert seen["changed"] == ["/etc/nginx/conf.d/koor.conf", "/etc/shop/customers.conf"]
    assert {one["path"]: one["touched"] for one in seen["made"]} == {"/var/lib/shop/": True, "/var/www/koor/": False}
    assert "/etc/hosts" not in seen["restored"]


def test_a_newer_file_of_the_package_itself_is_nobodys_work(installed, undoing) -> None:
    installed.write("/etc/shop/shipped.conf", "newer\n")
    md5 = undoing._md5(str(installed.path("/etc/shop/shipped.conf")))
    installed.write("/var/lib/dpkg/status", STATUS + ADDED.format(md5=md5))
    assert installed.look()["changed"] == []


def test_a_file_of_another_package_in_a_folder_that_would_go_is_named(installed) -> None:
    installed.write("/etc/shop/plugin.conf", "of a plugin\n")
    other = (
        "\nPackage: plugin\nStatus: install ok installed\nVersion: 1\nConffiles:\n /etc/shop/plugin.conf " + "1" * 32
    )
    installed.write("/var/lib/dpkg/status", STATUS + ADDED.format(md5="0" * 32) + other + "\n")
    assert installed.look()["others"] == ["/etc/shop/plugin.conf"]


def test_what_the_customer_put_beside_the_site_is_not_the_runs(installed) -> None:
    installed.write("/var/www/shop/index.html", "theirs")
    assert "/var/www/shop/" not in [one["path"] for one in installed.look()["made"]]


def test_data_of_a_server_that_was_there_before_is_one_thing_and_stays(target, kept, monkeypatch) -> None:
    target.write("/var/lib/db/base/1", "theirs")
    places = kept.data_places(target.order["paths"], str(target.root))
    places["/var/lib/db/"]["owner"] = 105  # the server's account
    target.write("/var/lib/db/new/1", "made by the run through the server")
    assert kept.made(places, str(target.root)) == []


def test_a_run_that_was_torn_away_goes_back_as_far_as_its_order_names_it(target) -> None:
    target.keep()
    target.install()
    target.write("/etc/hosts", "somebody's\n")
    seen = target.look()
    assert not seen["finished"]
    assert seen["restored"] == ["/etc/nginx/enabled", "/etc/nginx/site.conf"]
    assert seen["deleted"] == ["/etc/nginx/conf.d/", "/etc/shop/", "/usr/local/lib/shop/"]
    assert all(one["touched"] for one in seen["made"])
    assert seen["users"] == ["shop"]


def test_only_the_latest_run_can_be_undone_and_that_once(installed, putting_back) -> None:
    installed.keep(LATER)
    installed.write("/etc/nginx/site.conf", "newest\n")
    installed.note(LATER)
    assert installed.look() == {"run": RUN, "state": "kept", "later": [LATER]}
    putting_back.close(LATER, "a" * 16, installed.base)
    assert installed.look(LATER)["state"] == "undone"
    assert installed.look()["later"] == []
    assert not putting_back.close(LATER, "a" * 16, installed.base)


def test_of_an_undone_run_no_content_stays(installed, putting_back) -> None:
    putting_back.close(RUN, "a" * 16, installed.base)
    names = sorted(path.name for path in Path(installed.base, RUN).iterdir())
    assert names == ["after.json", "before.json", "plan.yml", "plan.yml.sig", "undone.json"]


def test_a_run_that_nobody_kept_is_none(target) -> None:
    assert target.look() == {"run": RUN, "state": "none"}


@pytest.mark.parametrize("path", ["/etc/nginx/nginx.conf", "/etc/nginx/", "/var/www/", "/etc/../etc/shop", "/etc"])
def test_what_was_there_before_is_never_deleted(installed, path, putting_back, kept) -> None:
    with pytest.raises(kept.Odd, match="was there before"):
        putting_back.clear(RUN, [path], installed.base, str(installed.root))
    assert installed.path("/etc/nginx/nginx.conf").exists()


def test_what_was_not_kept_is_never_put_back(installed, putting_back, kept) -> None:
    with pytest.raises(kept.Odd, match="nothing was kept"):
        putting_back.put_back(RUN, ["/etc/shop/shop.conf"], installed.base, str(installed.root))
    installed.write("/etc/hosts", "changed since\n")
    with pytest.raises(kept.Odd, match="the content was not kept"):
        putting_back.put_back(RUN, ["/etc/hosts"], installed.base, str(installed.root))


def test_a_file_whose_folder_is_gone_comes_back_with_it(target, putting_back) -> None:
    target.keep()
    for path in sorted(target.path("/etc/nginx").iterdir()):
        path.unlink()
    target.path("/etc/nginx").rmdir()
    target.note()
    putting_back.put_back(RUN, target.look()["restored"], target.base, str(target.root))
    assert target.path("/etc/nginx/site.conf").read_text() == "old\n"
    assert stat.S_IMODE(target.path("/etc/nginx/site.conf").stat().st_mode) == 0o640
    assert target.path("/etc/nginx/enabled").readlink() == Path("site.conf")


def test_a_link_that_leads_elsewhere_is_replaced_and_not_followed(installed, putting_back) -> None:
    installed.path("/etc/nginx/site.conf").unlink()
    installed.path("/etc/nginx/site.conf").symlink_to("../hosts")
    putting_back.put_back(RUN, ["/etc/nginx/site.conf"], installed.base, str(installed.root))
    assert installed.path("/etc/nginx/site.conf").read_text() == "old\n"
    assert installed.path("/etc/hosts").read_text() == "127.0.0.1 localhost\n"


def test_packages_are_read_as_dpkg_has_them(target, kept) -> None:
    assert kept.packages(str(target.root)) == {"nginx": ["1.22.1-9", "installed"], "half": ["1-1", "config-files"]}


def test_a_package_whose_configuration_was_there_is_told_from_a_new_one(target) -> None:
    target.keep()
    target.write("/var/lib/dpkg/status", STATUS.replace("deinstall ok config-files", "install ok installed"))
    target.note()
    seen = target.look()
    assert (seen["added"], seen["left"]) == ({"half": "1-1"}, ["half"])


def test_a_newer_version_is_told(target) -> None:
    target.keep()
    target.write("/var/lib/dpkg/status", STATUS.replace("1.22.1-9", "1.22.1-9+deb12u3"))
    target.note()
    assert target.look()["upgraded"] == {"nginx": ["1.22.1-9", "1.22.1-9+deb12u3"]}


def test_marks_that_a_run_took_away_are_told(target) -> None:
    target.write("/var/lib/apt/extended_states", "Package: nginx\nArchitecture: amd64\nAuto-Installed: 1\n")
    target.keep()
    target.write("/var/lib/apt/extended_states", "")
    target.note()
    assert target.look()["automatic"] == ["nginx"]


def test_the_notes_are_plain_json(installed) -> None:
    noted = json.loads(Path(installed.base, RUN, "after.json").read_text())
    assert noted["changed"]["/etc/nginx/enabled"] is None


def choose(target: Target, name: str, mode: str, path: str) -> None:
    target.write(f"/var/lib/dpkg/alternatives/{name}", f"{mode}\n/usr/bin/{name}\n")
    link = target.path(f"/etc/alternatives/{name}")
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(path)


def test_what_was_chosen_among_alternatives_is_kept_and_what_the_run_chose_is_told(target) -> None:
    choose(target, "awk", "auto", "/usr/bin/mawk")
    choose(target, "editor", "manual", "/usr/bin/vim")
    folder = target.keep()
    kept = json.loads((folder / "before.json").read_text())
    assert kept["chosen"] == {"awk": ["auto", "/usr/bin/mawk"], "editor": ["manual", "/usr/bin/vim"]}
    choose(target, "awk", "auto", "/usr/bin/php8.4")
    assert target.note(), "that alone is reason enough to keep the rest"
    assert target.look()["choices"] == ["awk"]
    choose(target, "editor", "manual", "/usr/bin/nano")
    assert target.look()["choices"] == ["awk"], "the editor was chosen after the run"
    choose(target, "awk", "manual", "/usr/bin/gawk")
    assert target.look()["choices"] == [], "and this as well"


def test_what_was_kept_by_an_earlier_version_names_no_choice(target) -> None:
    choose(target, "awk", "auto", "/usr/bin/mawk")
    folder = target.keep()
    kept = json.loads((folder / "before.json").read_text())
    del kept["chosen"]
    (folder / "before.json").write_text(json.dumps(kept))
    target.install()
    target.note()
    assert target.look()["choices"] == []


def test_alternatives_that_a_run_offered_are_told(target) -> None:
    target.write("/var/lib/dpkg/alternatives/editor", "auto\n")
    target.keep()
    target.write("/var/lib/dpkg/alternatives/shop.sock", "auto\n")
    assert target.look()["alternatives"] == ["shop.sock"]  # also of a run that could not note it
    target.note()
    target.write("/var/lib/dpkg/alternatives/later", "auto\n")
    assert target.look()["alternatives"] == ["shop.sock"]


def test_what_there_is_to_choose_from_is_read(load) -> None:
    said = "Name: awk\nStatus: auto\nValue: /usr/bin/mawk\n\nAlternative: /usr/bin/mawk\nPriority: 5\n"
    assert load("undo_files").choices(said) == ["/usr/bin/mawk"]


def test_of_a_full_disk_nothing_stays(target, keeping, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping, "save_json", full)
    with pytest.raises(OSError, match="No space left"):
        target.keep()
    assert list(Path(target.base).iterdir()) == []


@pytest.fixture
def asked(undoing, monkeypatch):
    """Asks a server that says what a test wants; the answer and what apt was asked."""

    def ask(kept: dict[str, object], system: str = "debian12", **states: object):
        questions: list[tuple[str, ...]] = []

        def leaving(*words: str) -> tuple[dict[str, str], list[str], str]:
            questions.append(words)
            return {"shop": "1", "plugin": "2"}, [], ""

        probe = SimpleNamespace(
            server=lambda: {"system": system, "root": True},
            at_work=lambda: states.get("busy", False),
            torn=lambda: states.get("torn", {}),
            architectures=lambda names: dict.fromkeys(names, "amd64"),
            leaving=leaving,
        )
        monkeypatch.setattr(undoing, "look", lambda run: kept)
        return undoing.look_with(probe, ["debian12"], RUN), questions

    return ask


def test_apt_is_asked_what_taking_a_run_back_would_take_along(asked) -> None:
    facts, questions = asked({"added": {"shop": "1"}})
    assert (facts["removals"], facts["architectures"]) == (["plugin", "shop"], {"shop": "amd64"})
    assert questions == [("purge", "shop")]


def test_where_a_run_added_nothing_apt_is_not_asked(asked) -> None:
    facts, questions = asked({"state": "none"})
    assert (facts["kept"], questions) == ({"state": "none"}, [])


def test_a_server_that_the_run_was_not_for_is_not_looked_at(asked) -> None:
    assert asked({}, "debian13") == ({"system": "debian13", "root": True}, [])


def test_while_packages_are_worked_on_or_torn_nothing_is_looked_at(asked) -> None:
    assert asked({}, busy=True)[0]["busy"]
    facts, _ = asked({}, torn={"shop": True})
    assert "install the order again" in facts["trouble"]
    assert "kept" not in facts


def test_a_run_is_not_noted_as_finished_while_more_of_the_other_is_to_come(target) -> None:
    target.keep()
    target.keep(LATER, goes_on=True)
    assert not target.keeping.settle(RUN, LATER, target.base)
    target.keep(LATER)
    assert target.keeping.settle(RUN, LATER, target.base)


def test_a_run_that_another_one_finished_is_noted_once(target) -> None:
    target.keep()
    assert target.keeping.settle(RUN, LATER, target.base)
    assert json.loads((Path(target.base) / RUN / "finished.json").read_text()) == {"by": LATER}
    assert not target.keeping.settle(RUN, LATER, target.base)
