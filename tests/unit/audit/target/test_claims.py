"""What dpkg's records tell of a changed path, on a small server of its own."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from koor_provision.audit.target import packages
from koor_provision.audit.target.archives import Archives, Member
from koor_provision.audit.target.claims import Before, Claims
from koor_provision.audit.target.differences import Difference, Entry
from koor_provision.audit.target.scripts import scripts

STATUS = """\
Package: dpkg
Status: install ok installed
Architecture: amd64
Version: 1.21

Package: shop
Status: install ok installed
Architecture: all
Version: 1:2.0-1
Conffiles:
 {root}/etc/shop.conf {conf}
 {root}/etc/gone.conf newconffile
Description: sells
 things

Package: shop-lib
Status: install ok installed
Architecture: i386
Version: 3
"""


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324  # dpkg's choice


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A root with a package `shop` that ships a program, a link and a configuration file."""
    for name, text in (("usr/bin/shop", "program"), ("etc/shop.conf", "conf"), ("usr/share/shop/a.py", "code")):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "usr/bin/shop-link").symlink_to("shop")
    info = tmp_path / "dpkg" / "info"
    info.mkdir(parents=True)
    listed = (
        "usr",
        "usr/bin",
        "usr/bin/shop",
        "usr/bin/shop-link",
        "etc/shop.conf",
        "usr/share/shop/a.py",
        "var/lib/shop",
    )
    (info / "shop.list").write_text("/.\n" + "".join(f"{tmp_path}/{name}\n" for name in listed))
    sums = {"usr/bin/shop": "program", "usr/share/shop/a.py": "code"}
    (info / "shop.md5sums").write_text(
        "".join(f"{md5(text)}  {str(tmp_path)[1:]}/{name}\n" for name, text in sums.items())
    )
    (info / "shop.postinst").write_text(
        f"touch {tmp_path}/etc/made.conf\nchmod 4755 {tmp_path}/usr/bin/shop\nadduser --system shopper\n"
    )
    (tmp_path / "dpkg" / "status").write_text(STATUS.format(root=tmp_path, conf=md5("conf")))
    return tmp_path


@pytest.fixture
def claims(server: Path) -> Claims:
    database = str(server / "dpkg")
    known = packages.packages(database)
    return Claims(known, {"shop"}, Before({"shop": [f"{server}/usr/bin/old"]}, {}, {}), database)


def entry(path: Path) -> Entry:
    seen = path.lstat()
    target = str(path.readlink()) if stat.S_ISLNK(seen.st_mode) else ""
    return Entry(seen.st_mode, 0, 0, seen.st_size, str(seen.st_mtime_ns), target=target)


def added(path: Path) -> Difference:
    return Difference(str(path), None, entry(path))


def test_packages_are_read_with_state_and_configuration_files(server: Path) -> None:
    known = packages.packages(str(server / "dpkg"))
    assert packages.states(known) == {
        "dpkg": ["1.21", "install ok installed"],
        "shop": ["1:2.0-1", "install ok installed"],
        "shop-lib:i386": ["3", "install ok installed"],
    }
    assert known["shop"].conffiles[f"{server}/etc/shop.conf"] == md5("conf")


@pytest.mark.parametrize("name", ["usr/bin/shop", "etc/shop.conf", "usr/bin/shop-link", "usr/bin"])
def test_what_is_as_it_was_shipped_is_the_packages(server: Path, claims: Claims, name: str) -> None:
    assert claims.claim(added(server / name)) == ("shop", "shipped")


@pytest.mark.parametrize("name", ["usr/bin/shop", "etc/shop.conf"])
def test_other_content_is_not(server: Path, claims: Claims, name: str) -> None:
    (server / name).write_text("PROGRAM")
    assert claims.claim(added(server / name)) == ("shop", "differs")


def test_rights_that_the_package_does_not_give_are_not(server: Path, claims: Claims) -> None:
    program, code = server / "usr/bin/shop", server / "usr/share/shop/a.py"
    program.chmod(0o6755)
    code.chmod(0o666)
    assert claims.claim(added(program)).state == "strange mode"
    assert claims.claim(added(code)).state == "strange mode"
    program.chmod(0o4755)  # its script says so
    assert claims.claim(added(program)).state == "shipped"


def test_a_shipped_link_that_leads_elsewhere_is_not(server: Path, claims: Claims) -> None:
    link = server / "usr/bin/shop-link"
    link.unlink()
    link.symlink_to("/srv/evil")
    assert claims.claim(added(link)) == ("shop", "differs")


def test_a_link_to_what_was_shipped_says_so(server: Path, claims: Claims) -> None:
    link = server / "etc/alternative"
    link.symlink_to("../usr/bin/shop")
    assert claims.claim(added(link)) == ("shop", "link")


def test_what_a_script_names_is_claimed_only_where_there_was_nothing(server: Path, claims: Claims) -> None:
    made = server / "etc/made.conf"
    made.write_text("")
    assert claims.claim(added(made)) == ("shop", "script")
    assert claims.claim(Difference(str(made), entry(made), entry(made))) == ("", "")
    longer = server / "etc/made.config"
    longer.write_text("")
    assert claims.claim(added(longer)) == ("", "")


def test_bytecode_is_that_of_shipped_code_only(server: Path, claims: Claims) -> None:
    folder = server / "usr/share/shop/__pycache__"
    folder.mkdir()
    for name in ("a.cpython-311.pyc", "b.cpython-311.pyc"):
        (folder / name).write_text("")
    assert claims.claim(added(folder / "a.cpython-311.pyc")) == ("shop", "compiled")
    assert claims.claim(added(folder / "b.cpython-311.pyc")) == ("", "")


def test_what_a_package_had_before_is_gone_with_it(server: Path, claims: Claims) -> None:
    old = entry(server / "usr/bin/shop")
    assert claims.claim(Difference(f"{server}/usr/bin/old", old, None)) == ("shop", "gone")
    assert claims.claim(Difference(f"{server}/usr/bin/shop", old, None)) == ("shop", "differs")
    assert claims.claim(Difference(f"{server}/usr/bin/other", old, None)) == ("", "")


@pytest.fixture
def purged(server: Path) -> Claims:
    """The shop went, with what it shipped; what its script said was read before."""
    database = str(server / "dpkg")
    before = packages.packages(database)
    lists = {"shop": [*packages.paths_of("shop", before["shop"], database), "/var/lib/shop"]}
    said = {"shop": scripts("shop", database)}
    for file in (server / "dpkg" / "info").glob("shop.*"):
        file.unlink()
    known = {name: row for name, row in before.items() if name != "shop"}
    return Claims(known, {"shop"}, Before(lists, said, {"shop": ["/usr/bin/else"]}), database)


def gone(path: str, target: str = "") -> Difference:
    mode = stat.S_IFLNK | 0o777 if target else stat.S_IFREG | 0o644
    return Difference(path, Entry(mode, 0, 0, target=target), None)


def test_what_a_package_made_beside_goes_with_it(server: Path, purged: Claims) -> None:
    assert purged.claim(gone(f"{server}/usr/bin/shop")) == ("shop", "gone")
    assert purged.claim(gone(f"{server}/etc/made.conf")) == ("shop", "script")
    assert purged.claim(gone("/var/lib/shop/cache/1")) == ("shop", "inside")
    assert purged.claim(gone("/srv/files/1")) == ("", "")


def test_links_to_what_is_gone_go_with_it_and_links_to_those(server: Path, purged: Claims) -> None:
    assert purged.claim(gone("/etc/alternatives/shop", f"{server}/usr/bin/shop")) == ("shop", "gone")
    assert purged.claim(gone("/usr/bin/sell", "/etc/alternatives/shop")) == ("shop", "gone")
    assert purged.claim(gone("/usr/bin/other", "/usr/bin/else")) == ("", "")


def test_an_alternative_that_is_chosen_in_place_of_what_is_gone_says_so(server: Path, purged: Claims) -> None:
    was, now, never = (
        Entry(stat.S_IFLNK | 0o777, 0, 0, target=name)
        for name in (f"{server}/usr/bin/shop", "/usr/bin/else", "/usr/bin/evil")
    )
    assert purged.claim(Difference("/etc/alternatives/shop", was, now)) == ("shop", "made")
    assert purged.claim(Difference("/etc/alternatives/shop", was, never)) == ("", "")
    assert purged.claim(Difference("/etc/other", was, now)) == ("", "")


def test_what_a_script_names_is_not_its_packages_to_delete_while_that_is_there(server: Path, claims: Claims) -> None:
    assert claims.claim(gone(f"{server}/etc/made.conf")) == ("", "")


def test_records_are_those_of_packages_that_changed(server: Path, claims: Claims) -> None:
    info = server / "dpkg" / "info"
    (info / "sudo.md5sums").write_text("")
    assert claims.claim(added(info / "shop.list")) == ("shop", "record")
    assert claims.claim(added(info / "sudo.md5sums")) == ("", "")


def test_digests_are_taken_over_only_for_files_that_were_not_written_since(server: Path, claims: Claims) -> None:
    program = server / "usr/bin/shop"
    assert claims.claim(added(program)).state == "shipped"
    later = Claims(packages.packages(str(server / "dpkg")), {"shop"}, Before({}, {}, {}), str(server / "dpkg"))
    later.take_digests(claims)
    program.write_text("PROGRAM")
    os.utime(program, (1, 1))
    assert later.claim(added(program)).state == "differs"


def test_owners_are_found_in_all_lists(server: Path) -> None:
    wanted = {f"{server}/usr/bin/shop", "/nowhere"}
    assert packages.owners(wanted, str(server / "dpkg")) == {f"{server}/usr/bin/shop": "shop"}


class TestLaidAside:
    """Configuration that dpkg unpacked for a package and did not put in its place yet."""

    @pytest.fixture
    def torn(self, server: Path, monkeypatch: pytest.MonkeyPatch) -> Claims:
        status = server / "dpkg" / "status"
        status.write_text(
            status.read_text().replace(
                "Status: install ok installed\nArchitecture: all", "Status: install ok unpacked\nArchitecture: all"
            )
        )
        known = packages.packages(str(server / "dpkg"))
        assert known["shop"].status == "install ok unpacked"
        shipped = {f"{server}/etc/shop.conf": Member(0o644, 0, 0, "root", "root", "", md5("new"))}
        monkeypatch.setattr(Archives, "member", lambda archives, name, package, path: shipped.get(path))
        return Claims(known, {"shop"}, Before({}, {}, {}), str(server / "dpkg"))

    @staticmethod
    def laid(server: Path, text: str, mode: int = 0o644) -> Difference:
        file = server / "etc/shop.conf.dpkg-new"
        file.write_text(text)
        file.chmod(mode)
        seen = os.lstat(file)
        return Difference(str(file), None, Entry(stat.S_IFREG | mode, 0, 0, seen.st_size, "1", "", ""))

    def test_it_is_the_packages_as_it_was_shipped(self, torn: Claims, server: Path) -> None:
        assert torn.claim(self.laid(server, "new")) == ("shop", "shipped")

    @pytest.mark.parametrize(("text", "mode"), [("evil", 0o644), ("new", 0o666), ("new", 0o4755)])
    def test_it_is_not_where_somebody_changed_it(self, torn: Claims, server: Path, text: str, mode: int) -> None:
        assert torn.claim(self.laid(server, text, mode)).state == "differs"

    def test_it_is_nobodys_where_the_package_is_whole(self, server: Path) -> None:
        whole = Claims(packages.packages(str(server / "dpkg")), {"shop"}, Before({}, {}, {}), str(server / "dpkg"))
        assert whole.claim(self.laid(server, "new")) == ("", "")
