"""Dpkg's records against the archives that packages came from; what is told of them where an archive is gone."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from koor_provision.audit.target.announced import digests
from koor_provision.audit.target.archives import Archives
from koor_provision.audit.target.claims import Before, Claims
from koor_provision.audit.target.differences import Difference, Entry
from koor_provision.audit.target.packages import Package

pytestmark = pytest.mark.skipif(not Path("/usr/bin/dpkg-deb").exists(), reason="archives are read by dpkg-deb")
PROGRAM, CONF, EVIL = b"program", b"conf", b"evil"


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()  # noqa: S324  # dpkg's choice


def tar(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """A part of an archive; everything in it is root's."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as parts:
        for name, data in files.items():
            one = tarfile.TarInfo(f"./{name}")
            one.size = len(data)
            one.uid = one.gid = 33 if name.endswith("daemons") else 0
            parts.addfile(one, io.BytesIO(data))
        for name, target in (links or {}).items():
            one = tarfile.TarInfo(f"./{name}")
            one.type, one.linkname = tarfile.SYMTYPE, target
            parts.addfile(one)
    return out.getvalue()


def deb(control: bytes, data: bytes) -> bytes:
    parts = {"debian-binary": b"2.0\n", "control.tar.gz": control, "data.tar.gz": data}
    rows = (
        f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(text):<10}`\n".encode() + text + b"\n" * (len(text) % 2)
        for name, text in parts.items()
    )
    return b"!<arch>\n" + b"".join(rows)


class Server:
    """A root with the package `shop` on it, and its archive in `archives`."""

    def __init__(self, root: Path) -> None:
        self.root, self.info = root, root / "dpkg" / "info"
        self.announced: dict[str, list[str]] = {}
        short = str(root)[1:]
        self.control = {
            "md5sums": f"{md5(PROGRAM)}  {short}/bin/shop\n".encode(),
            "conffiles": "".join(f"{root}/etc/{name}\n" for name in ("cron", "daemons", "log")).encode(),
            "prerm": b"#!/bin/sh\nrm -f x\n",
            "postinst": f"#!/bin/sh\nlog={root}/etc/log\nchown 33:44 $log\n".encode(),
        }
        self.write("bin/shop", PROGRAM)
        for name, data in (("cron", CONF), ("log", CONF), ("daemons", PROGRAM)):
            self.write(f"etc/{name}", data)
        (root / "bin/seller").symlink_to("shop")
        listed = "".join(f"{root}/{name}\n" for name in ("bin", "bin/shop", "bin/seller", "etc/cron"))
        for name, text in {**self.control, "list": listed.encode()}.items():
            self.write(f"dpkg/info/shop.{name}", text)
        data = tar(
            {
                f"{short}/bin/shop": PROGRAM,
                f"{short}/etc/daemons": PROGRAM,
                f"{short}/etc/cron": CONF,
                f"{short}/etc/log": CONF,
            },
            {f"{short}/bin/seller": "shop"},
        )
        self.write("archives/shop_1_all.deb", deb(tar({**self.control, "control": b"Package: shop\n"}), data))

    def write(self, name: str, data: bytes) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_bytes(data)

    def state(self, name: str, conf: bytes = CONF, before: Entry | None = None, uid: int = 0, gid: int = 0) -> str:
        """What is claimed of a file as it is there now."""
        path = self.root / name
        package = Package("1", "install ok installed", "all", {f"{self.root}/etc/cron": md5(conf)})
        archives = Archives(str(self.root / "archives"), self.announced)
        claims = Claims({"shop": package}, {"shop"}, Before({}, {}, {}), str(self.root / "dpkg"), archives)
        seen = path.lstat()
        target = str(path.readlink()) if path.is_symlink() else ""
        after = Entry(seen.st_mode, uid, gid, seen.st_size, str(seen.st_mtime_ns), target=target)
        return claims.claim(Difference(str(path), before, after)).state


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def test_what_is_as_in_the_archive_is_the_packages(server: Server) -> None:
    assert {server.state(name) for name in ("bin/shop", "bin/seller", "etc/cron")} == {"shipped"}
    records = {server.state(f"dpkg/info/shop.{kind}") for kind in ("list", "md5sums", "conffiles", "prerm")}
    assert records == {"record"}


def test_what_a_removed_package_took_along_is_gone_though_its_archive_is_still_there(server: Server) -> None:
    shipped = [f"{server.root}/bin/shop", f"{server.root}/etc/cron"]
    (server.root / "bin/shop").unlink()
    server.write("dpkg/info/shop.list", f"{server.root}/etc/cron\n".encode())
    (server.info / "shop.md5sums").unlink()
    package = Package("1", "deinstall ok config-files", "all", {f"{server.root}/etc/cron": md5(CONF)})
    archives = Archives(str(server.root / "archives"), server.announced)
    before = Before({"shop": shipped}, {}, {})
    claims = Claims({"shop": package}, {"shop"}, before, str(server.root / "dpkg"), archives)
    was = Entry(0o100755, 0, 0)
    assert claims.claim(Difference(shipped[0], was, None)) == ("shop", "gone")
    # Its configuration stays until it is purged, so that must not go.
    assert claims.claim(Difference(shipped[1], was, None)) == ("shop", "differs")


def test_a_program_with_its_line_in_the_list_is_not(server: Server) -> None:
    server.write("bin/shop", EVIL)
    server.write("dpkg/info/shop.md5sums", f"{md5(EVIL)}  {str(server.root)[1:]}/bin/shop\n".encode())
    assert server.state("bin/shop") == "differs"
    assert server.state("dpkg/info/shop.md5sums") == "differs"


def test_a_new_program_with_a_line_in_both_lists_is_not(server: Server) -> None:
    server.write("bin/new", EVIL)
    for kind, line in (("list", f"{server.root}/bin/new"), ("md5sums", f"{md5(EVIL)}  {str(server.root)[1:]}/bin/new")):
        with (server.info / f"shop.{kind}").open("a") as file:
            file.write(line + "\n")
    assert server.state("bin/new") == "differs"
    assert server.state("dpkg/info/shop.list") == "differs"
    assert server.state("dpkg/info/shop.md5sums") == "differs"


def test_a_configuration_file_with_its_sum_in_the_status_is_not(server: Server) -> None:
    server.write("etc/cron", EVIL)
    assert server.state("etc/cron", conf=EVIL) == "differs"


def test_a_script_that_was_changed_or_added_is_not(server: Server) -> None:
    server.write("dpkg/info/shop.prerm", b"#!/bin/sh\nid >/root/pwn\n")
    server.write("dpkg/info/shop.postinst2", b"#!/bin/sh\n")
    assert server.state("dpkg/info/shop.prerm") == "differs"
    assert server.state("dpkg/info/shop.postinst2") == "differs"


def test_a_listed_link_in_place_of_something_else_is_asked_of_the_archive(server: Server) -> None:
    was = Entry(0o100755, 0, 0)
    assert server.state("bin/seller", before=was) == "shipped"
    (server.root / "bin/who").symlink_to("shop")
    with (server.info / "shop.list").open("a") as file:
        file.write(f"{server.root}/bin/who\n")
    assert server.state("bin/who", before=was) == "differs"
    assert server.state("dpkg/info/shop.list") == "differs"


def test_an_archive_that_was_not_announced_bears_nothing_out(server: Server) -> None:
    archive = server.root / "archives/shop_1_all.deb"
    server.announced = {"shop_1_all": ["0" * 64, hashlib.sha256(archive.read_bytes()).hexdigest()]}
    assert server.state("bin/shop") == "shipped"
    server.announced = {"shop_1_all": ["0" * 64]}
    assert server.state("bin/shop") == "differs"
    assert server.state("etc/cron") == "differs"
    assert server.state("dpkg/info/shop.prerm") == "differs"


def test_announced_digests_are_read_from_the_lists(tmp_path: Path) -> None:
    stanza = "Package: {}\nArchitecture: all\nVersion: 1:{}\nFilename: x\nSHA256: {}\n\n"
    (tmp_path / "a_Packages").write_text(stanza.format("shop", 1, "aa") + stanza.format("shopper", 1, "bb"))
    (tmp_path / "b_Packages").write_text(stanza.format("shop", 2, "cc") + stanza.format("shop", 1, "dd"))
    found = digests(["shop"], (f"{tmp_path}/*_Packages",))
    assert found == {"shop_1:1_all": ["aa", "dd"], "shop_1:2_all": ["cc"]}


def test_without_an_archive_the_records_count_and_that_is_told(server: Server) -> None:
    known = {"shop": Package("2", "install ok installed", "all", {})}
    claims = Claims(known, {"shop"}, Before({}, {}, {}), str(server.root / "dpkg"), Archives(str(server.root)))
    assert claims.unproven() == "dpkg's records of shop were believed: their archives are not on the server"
    strange = Difference(str(server.info / "shop.postinst2"), None, Entry(0o100755, 0, 0))
    assert claims.claim(strange).state == "differs"


def test_an_owner_is_one_that_the_archive_or_a_script_gives(server: Server) -> None:
    assert server.state("etc/daemons", uid=33, gid=33) == "shipped"
    assert server.state("etc/log", uid=33, gid=44) == "shipped"
    assert server.state("etc/log", uid=33, gid=33) == "strange owner"
    assert server.state("bin/shop", uid=33) == "strange owner"
    assert server.state("etc/cron", gid=33) == "strange owner"
    assert server.state("bin", uid=33) == "strange owner"
    assert server.state("dpkg/info/shop.prerm", uid=33) == "differs"


def test_what_belonged_to_somebody_before_the_run_still_does(server: Server) -> None:
    assert server.state("bin/shop", before=Entry(0o100755, 33, 33), uid=33, gid=33) == "shipped"
