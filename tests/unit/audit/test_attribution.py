"""Whose packages, accounts, ports and settings are; and that nothing said by a server reaches a terminal raw."""

from dataclasses import replace

import pytest

from koor_provision.audit.answer import Answer
from koor_provision.audit.attribution import audit
from koor_provision.audit.expected import Contract, Expected
from koor_provision.models.audit import Audit, Change

PLAN = Expected(
    contracts=(
        Contract(
            "mariadb",
            services=("mariadb.service",),
            users=("mysql",),
            groups=("mysql", "ssl-cert"),
            ports=("127.0.0.1:3306/tcp", "*:80/tcp"),
            settings=("vm.swappiness",),
        ),
    ),
    packages={"mariadb-server": "10", "libaio1": "1", "shop": "2", "left": ""},
    components={"mariadb-server": "mariadb"},
)
OK = "install ok installed"


def answer(**fields) -> Answer:
    nothing = {
        "sha256": "0" * 64, "intact": True, "files": 1, "seconds": 1.0, "troubles": [], "left_out": [], "packages": {},
        "shipped": {}, "files_changed": [], "accounts": [], "settings": [], "mounts": [], "ports": [], "firewall": [],
    }  # fmt: skip
    return Answer.model_validate({**nothing, **fields})


def seen(**fields) -> Audit:
    return audit(answer(**fields), PLAN, 1.0)


def only(**fields) -> Change:
    (change,) = seen(**fields).changes
    return change


@pytest.mark.parametrize(
    ("name", "before", "after", "owner", "how", "detail"),
    [
        ("mariadb-server", None, ["10", OK], "component", "added", "10, 7 files as shipped"),
        ("libaio1", ["0", OK], ["1", OK], "package", "changed", "0 -> 1"),
        ("libaio1", None, ["2", OK], "nobody", "added", "2, planned was 1"),
        ("libaio1", None, ["1", "install ok unpacked"], "unfinished", "added", "1, install ok unpacked, planned was 1"),
        ("libaio1", None, ["2", "install ok unpacked"], "nobody", "added", "2, install ok unpacked, planned was 1"),
        (
            "libaio1",
            ["0", OK],
            ["0", "install reinstreq half-installed"],
            "unfinished",
            "changed",
            f"0, {OK} -> install reinstreq half-installed, planned was 1",
        ),
        (
            "left",
            ["3", OK],
            ["3", "deinstall ok half-configured"],
            "unfinished",
            "changed",
            f"3, {OK} -> deinstall ok half-configured, planned was its removal",
        ),
        (
            "libaio1",
            None,
            ["", "install ok not-installed"],
            "unfinished",
            "changed",
            "install ok not-installed, planned was 1",
        ),
        ("evil", None, ["1", "install ok unpacked"], "nobody", "added", "1, install ok unpacked"),
        (
            "left",
            ["3", OK],
            ["3", "deinstall ok config-files"],
            "package",
            "removed",
            f"3, {OK} -> deinstall ok config-files",
        ),
        ("left", ["3", OK], None, "package", "removed", "3"),
        ("left", None, ["3", OK], "nobody", "added", "3, planned was its removal"),
        ("evil", None, ["1", OK], "nobody", "added", "1"),
        ("sudo", ["1", OK], None, "nobody", "removed", "1"),
        (
            "sudo",
            ["1", OK],
            ["1", "hold ok installed"],
            "nobody",
            "changed",
            "1, install ok installed -> hold ok installed",
        ),
        (
            "libc-bin",
            ["1", "install ok triggers-pending"],
            ["1", OK],
            "package",
            "changed",
            "1, install ok triggers-pending -> install ok installed",
        ),
        (
            "libc-bin",
            ["1", "install ok triggers-pending"],
            ["2", OK],
            "nobody",
            "changed",
            "1 -> 2",
        ),
    ],
)
def test_packages(name, before, after, owner, how, detail) -> None:
    change = only(packages={name: (before, after)}, shipped={"mariadb-server": 7})
    assert (change.kind, change.what, change.owner, change.how, change.detail) == ("package", name, owner, how, detail)


SERVICE = {
    "uid": "101",
    "group id": "102",
    "home": "/nonexistent",
    "shell": "/bin/false",
    "can log in by password": False,
    "main group": ["mysql"],
    "same number as": [],
}
MYSQL = {
    "group id": "101",
    "members": [],
    "administrators": [],
    "members in gshadow": [],
    "can be joined by password": False,
}
CERT = MYSQL | {
    "members": ["mysql"],
    "members in gshadow": ["mysql"],
    "what differs": ["members", "members in gshadow"],
}


@pytest.mark.parametrize(
    ("row", "owner"),
    [
        (("user", "mysql", "added", "", SERVICE, ""), "component"),
        (("user", "mysql", "added", "", SERVICE | {"uid": "0"}, ""), "nobody"),
        (("user", "mysql", "added", "", SERVICE | {"uid": "00"}, "shop"), "nobody"),
        (("user", "mysql", "added", "", SERVICE | {"uid": "0x0"}, "shop"), "nobody"),
        (("user", "mysql", "added", "", SERVICE | {"uid": "-1"}, "shop"), "nobody"),
        (("user", "mysql", "added", "", SERVICE | {"uid": "1001"}, "shop"), "nobody"),
        (("user", "mysql", "added", "", SERVICE | {"same number as": ["www-data"]}, "shop"), "nobody"),
        (("user", "mysql", "added", "", SERVICE | {"can log in by password": True}, "shop"), "nobody"),
        (("user", "mysql", "added", "", SERVICE | {"shell": "/bin/bash"}, ""), "nobody"),
        (("user", "mysql", "added", "", SERVICE | {"shell": "/bin/bash"}, "shop"), "component"),
        (("user", "mysql", "added", "", SERVICE | {"main group": ["sudo"]}, ""), "nobody"),
        (("user", "mysql", "changed", "shell", SERVICE, ""), "nobody"),
        (("user", "mysql", "removed", "", {}, ""), "component"),
        (("user", "shopper", "added", "", SERVICE, "shop"), "package"),
        (("user", "shopper", "added", "", SERVICE | {"uid": "00"}, "shop"), "nobody"),
        (("user", "shopper", "changed", "", SERVICE, "shop"), "nobody"),
        (("user", "shopper", "added", "", SERVICE, "not-planned"), "nobody"),
        (("user", "evil", "added", "", SERVICE, ""), "nobody"),
        (("group", "mysql", "added", "", MYSQL, ""), "component"),
        (("group", "ssl-cert", "changed", "", CERT, ""), "component"),
        (("group", "ssl-cert", "changed", "", CERT | {"members": ["mysql", "evil"]}, ""), "nobody"),
        (("group", "ssl-cert", "changed", "", CERT | {"members in gshadow": ["evil"]}, ""), "nobody"),
        (("group", "ssl-cert", "changed", "", CERT | {"administrators": ["mysql"]}, ""), "nobody"),
        (("group", "ssl-cert", "changed", "", CERT | {"can be joined by password": True}, ""), "nobody"),
        (("group", "ssl-cert", "changed", "", CERT | {"what differs": ["group id"]}, ""), "nobody"),
        (("group", "mysql", "added", "", MYSQL | {"group id": "0"}, ""), "nobody"),
        (("group", "mysql", "added", "", MYSQL | {"group id": "00"}, ""), "nobody"),
        (("group", "prerm", "added", "", MYSQL | {"group id": "00"}, "shop"), "nobody"),
        (("group", "sudo", "changed", "", CERT | {"group id": "27"}, ""), "nobody"),
    ],
)
def test_accounts(row, owner) -> None:
    assert only(accounts=[row]).owner == owner


@pytest.mark.parametrize(
    ("port", "owner"),
    [
        ("127.0.0.1:3306/tcp", "component"),
        ("0.0.0.0:80/tcp", "component"),
        ("[::]:80/tcp", "component"),
        ("0.0.0.0:3306/tcp", "nobody"),
        ("127.0.0.1:3306/udp", "nobody"),
        ("10.0.0.1:80/tcp", "nobody"),
    ],
)
def test_ports(port, owner) -> None:
    assert only(ports=[(port, True, False, "", "mysql", [])]).owner == owner
    gone = only(ports=[(port, False, True, "", "", [])])
    assert (gone.owner, gone.how) == (owner, "removed")


@pytest.mark.parametrize(
    ("user", "programs", "owner"),
    [
        ("mysql", [("mariadb-server-core", "mariadb.service")], "component"),
        ("mysql", [("mariadb-server-core", "mariadb@one.service")], "component"),
        ("mysql", [], "component"),
        ("root", [("shop", "")], "component"),
        ("root", [], "nobody"),
        ("root", [("python3.11-minimal", "")], "nobody"),
        ("root", [("", "mariadb.service")], "nobody"),
        ("mysql", [("mariadb-server-core", "session-1.scope")], "nobody"),
        ("mysql", [("mariadb-server-core", "mariadb.service"), ("socat", "evil.service")], "nobody"),
    ],
)
def test_a_port_is_the_components_only_if_its_service_holds_it(user, programs, owner) -> None:
    assert only(ports=[("0.0.0.0:80/tcp", True, False, "", user, programs)]).owner == owner
    other = only(ports=[("0.0.0.0:80/tcp", True, True, "", user, programs)])
    assert (other.owner, other.how) == (owner, "changed")


def test_settings_mounts_and_firewall() -> None:
    assert only(settings=[("vm.swappiness", "60", "1")]).owner == "component"
    assert only(settings=[("net.ipv4.ip_forward", "0", "1")]).owner == "nobody"
    mount = only(mounts=[("/mnt", None, "ext4 8:1 /")])
    assert (mount.what, mount.how, mount.detail, mount.owner) == ("mount on /mnt", "added", "ext4", "nobody")
    assert only(mounts=[("/run/user/0", None, "tmpfs 0:1 /")]).owner == "system"
    assert only(firewall=[("nftables", "1 lines more, 0 fewer")]).owner == "nobody"


def file(path: str, before: list[object] | None, after: list[object] | None) -> dict[str, object]:
    return {"path": path, "before": before, "after": after, "written": True, "package": "", "state": "", "owner": ""}


PASSWD = file("/etc/passwd", [0o100644, 0, 0, 1, "", ""], [0o100644, 0, 0, 2, "", ""])


def test_account_files_are_told_by_account() -> None:
    assert only(files_changed=[PASSWD], accounts=[("user", "mysql", "added", "", SERVICE, "")]).what == "mysql"


def test_account_files_are_told_themselves_where_no_account_says_it() -> None:
    assert only(files_changed=[PASSWD]).owner == "nobody"
    opened = file("/etc/passwd", [0o100644, 0, 0, 1, "", ""], [0o100664, 0, 0, 2, "", ""])
    listed = file("/etc/shadow", [0o100640, 0, 0, 1, "", ""], [0o100640, 0, 0, 2, "", "", 1, "A:1"])
    found = seen(files_changed=[opened, listed], accounts=[("user", "mysql", "added", "", SERVICE, "")])
    assert [change.what for change in found.out_of_scope] == ["/etc/passwd", "/etc/shadow"]


def test_names_from_a_server_are_made_safe_to_print() -> None:
    evil = file("/srv/\x1b[2J", None, [0o100644, 0, 0, 1, "", ""])
    assert only(files_changed=[evil]).what == "/srv/\\u001b[2J"


def test_troubles_of_both_looks_are_told_once() -> None:
    found = audit(answer(troubles=["a", "b"]), PLAN, 1.0, ("a",))
    assert found.troubles == ("a", "b")


def test_triggers_that_nobody_came_to_are_the_unfinished_steps() -> None:
    waiting = {"libc-bin": (["2", OK], ["2", "install ok triggers-pending"])}
    assert only(packages=waiting).owner == "nobody"
    both = seen(packages={**waiting, "libaio1": (None, ["1", "install ok unpacked"])})
    assert {(change.what, change.owner.value) for change in both.changes} == {
        ("libc-bin", "unfinished"), ("libaio1", "unfinished"),
    }  # fmt: skip
    assert both.out_of_scope == ()
    assert len(both.not_as_planned) == 2


def row(path: str, mode: int = 0o100644) -> dict[str, object]:
    file = [mode, 0, 0, 1, "", ""]
    return {"path": path, "before": file, "after": file, "written": True, "package": "", "state": "", "owner": ""}


@pytest.mark.parametrize(
    "path", ["/var/lib/dpkg/status", "/var/lib/dpkg/status-old", "/var/lib/dpkg/lock", "/var/lib/dpkg/lock-frontend",
             "/var/lib/dpkg/triggers/Lock", "/var/log/apt/term.log"]
)  # fmt: skip
def test_what_the_package_manager_writes_though_it_comes_to_nothing_is_its_own(path: str) -> None:
    def owner(*, works: bool) -> str:
        (change,) = audit(answer(files_changed=[row(path)]), replace(PLAN, works=works), 1.0).changes
        return change.owner.value

    assert owner(works=True) == "package"
    if path.startswith("/var/lib"):
        assert owner(works=False) == "nobody"


@pytest.mark.parametrize(
    "path", ["/var/lib/dpkg/info/sudo.postinst", "/etc/alternatives/x", "/var/lib/dpkg/diversions"]
)
def test_it_writes_nothing_else_then(path: str) -> None:
    (change,) = audit(answer(files_changed=[row(path)]), replace(PLAN, works=True), 1.0).changes
    assert change.owner.value == "nobody"
