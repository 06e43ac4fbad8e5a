# ruff: noqa: E501, S108 -- tables, of paths of the target
"""Whose one changed file is: a table of what is somebody's, and one of what nobody may call his own."""

import stat
from dataclasses import replace

import pytest

from koor_provision.audit.answer import FileRow, Seen
from koor_provision.audit.expected import Contract, Expected
from koor_provision.audit.files import attribute
from koor_provision.models.audit import ChangeKind, Owner

PLAN = Expected(
    contracts=(
        Contract(
            "php",
            paths=(
                "/etc/php/",
                "/var/log/php*-fpm.log",
                "/var/lib/app/",
                "/usr/local/sbin/koor-backup",
                "/usr/local/lib/koor/",
            ),
            services=("php8.2-fpm.service", "nginx.service"),
        ),
    ),
    packages={"php8.2-fpm": "8.2.1", "mlock": "1"},
    components={"php8.2-fpm": "php"},
)
FILE, LINK, FOLDER = stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR


def seen(mode: int, target: str = "", capability: str = "", uid: int = 0, links: int = 1, acl: str = "") -> Seen:
    return Seen(mode, uid, 0, 1, target, capability, links, acl)


def row(path: str, after: Seen | None, before: Seen | None = None, package: str = "", state: str = "") -> FileRow:
    written = before is not None and before == after
    return FileRow.model_validate(
        {
            "path": path,
            "before": before,
            "after": after,
            "written": written,
            "package": package,
            "state": state,
            "owner": "",
        }
    )


PLAIN, PROGRAM = seen(FILE | 0o644), seen(FILE | 0o755)
OURS = "php8.2-fpm"


@pytest.mark.parametrize(
    ("one", "owner", "by"),
    [
        (row("/etc/php/8.2/fpm/pool.d/koor.conf", PLAIN), Owner.COMPONENT, "php"),
        (row("/etc/php", seen(FOLDER | 0o755)), Owner.COMPONENT, "php"),
        (row("/etc/php/8.2/a.ini", seen(LINK | 0o777, "../mods/a.ini")), Owner.COMPONENT, "php"),
        (row("/var/log/php8.2-fpm.log", PLAIN, PLAIN), Owner.COMPONENT, "php"),
        (row("/usr/local/sbin/koor-backup", PROGRAM), Owner.COMPONENT, "php"),
        (row("/usr/local/lib/koor/run", PROGRAM), Owner.COMPONENT, "php"),
        (
            row("/etc/systemd/system/multi-user.target.wants/nginx.service", None, seen(LINK | 0o777, "/lib/systemd/system/nginx.service")),
            Owner.COMPONENT,
            "php",
        ),
        (row("/etc/systemd/system/web.service", None, seen(LINK | 0o777, "/lib/systemd/system/nginx.service")), Owner.COMPONENT, "php"),
        (row("/etc/systemd/system/php.service", seen(LINK | 0o777, "/lib/systemd/system/php8.2-fpm.service")), Owner.COMPONENT, "php"),
        (row("/etc/rc3.d/S01nginx", seen(LINK | 0o777, "../init.d/nginx")), Owner.COMPONENT, "php"),
        (row("/tmp/systemd-private-" + "a" * 32 + "-php8.2-fpm.service-AbCdEf/tmp", seen(FOLDER | 0o1777)), Owner.COMPONENT, "php"),
        (row("/usr/sbin/php-fpm8.2", PROGRAM, package=OURS, state="shipped"), Owner.PACKAGE, OURS),
        (row("/usr/bin/mlock", seen(FILE | 0o2755), package="mlock", state="shipped"), Owner.PACKAGE, "mlock"),
        (row("/etc/systemd/system/multi-user.target.wants/php8.2-fpm.service", seen(LINK | 0o777, "/lib/x"), package=OURS, state="made"), Owner.PACKAGE, OURS),
        (row("/etc/mysql/my.cnf", seen(LINK | 0o777, "/etc/alternatives/my.cnf"), package=OURS, state="made"), Owner.PACKAGE, OURS),
        (row("/var/lib/php/modules/8.2/gd", PLAIN, package=OURS, state="inside"), Owner.PACKAGE, OURS),
        (row("/etc/hosts.allow", PLAIN, package=OURS, state="script"), Owner.PACKAGE, OURS),
        (row("/var/lib/php/modules/8.2/apache2/enabled_by_maint/gd", PLAIN), Owner.PACKAGE, "PHP's notes on enabled modules; what enables one is a link in /etc, which is listed"),
        (row("/var/lib/php/modules/8.2/registry/apcu", PLAIN), Owner.PACKAGE, "PHP's notes on enabled modules; what enables one is a link in /etc, which is listed"),
        (row("/etc/ld.so.cache", PLAIN, PLAIN), Owner.PACKAGE, "index of libraries, made by ldconfig"),
        (row("/var/log/journal/1/system.journal", PLAIN, PLAIN), Owner.SYSTEM, "log of the system and of logins"),
        (row("/usr/bin/gawk.dpkg-new", None, PROGRAM), Owner.PACKAGE, "laid aside by dpkg when it was torn from its work"),
        (row("/var/lib/dpkg/updates/0000", None, PLAIN), Owner.PACKAGE, "laid aside by dpkg when it was torn from its work"),
        (row("/var/log/journal/1/x.journal", seen(FILE | 0o640, acl="A:1")), Owner.SYSTEM, "log of the system and of logins"),
        (row("/etc/php/a.ini", seen(FILE | 0o640, acl="A:1"), seen(FILE | 0o644, acl="A:1")), Owner.COMPONENT, "php"),
        (row("/var/log/auth.log", PLAIN, PLAIN), Owner.SYSTEM, "log file"),
        (row("/run/sudo/ts/ann", seen(FILE | 0o600), seen(FILE | 0o600)), Owner.SYSTEM, "when somebody gave his password to sudo"),
        (row("/run/php/x.sock", seen(stat.S_IFSOCK | 0o666)), Owner.SYSTEM, "state of what runs, gone with a restart"),
    ],
    ids=lambda one: one.path if isinstance(one, FileRow) else "",
)  # fmt: skip
def test_a_change_that_is_somebodys(one: FileRow, owner: Owner, by: str) -> None:
    change = attribute(one, PLAN, installing=True)
    assert (change.owner, change.by) == (owner, by)


@pytest.mark.parametrize(
    ("one", "kind", "detail"),
    [
        (row("/etc/sudoers", PLAIN, PLAIN), ChangeKind.SUDOERS, "written"),
        (row("/etc/sudoers.d/x", PLAIN), ChangeKind.SUDOERS, "file, mode 0644"),
        (row("/etc/cron.d/x", PLAIN), ChangeKind.CRON, "file, mode 0644"),
        (row("/var/spool/cron/crontabs/root", PLAIN), ChangeKind.CRON, "file, mode 0644"),
        (row("/etc/systemd/system/x.service", seen(LINK | 0o777, "/dev/null")), ChangeKind.UNIT, "link, masked"),
        (row("/run/systemd/system/x.service", PLAIN), ChangeKind.UNIT, "file, mode 0644"),
        (row("/etc/systemd/system/ssh.service.d/x.conf", PLAIN), ChangeKind.UNIT, "file, mode 0644"),
        (row("/etc/shadow", seen(FILE | 0o644), seen(FILE | 0o640)), ChangeKind.FILE, "mode 0640 -> 0644"),
        (row("/etc/shadow-", seen(FILE | 0o644), seen(FILE | 0o640)), ChangeKind.FILE, "mode 0640 -> 0644"),
        (row("/srv/a", seen(FILE | 0o644, uid=33), PLAIN), ChangeKind.FILE, "owner 0 -> 33"),
        (row("/srv/a", None, PLAIN), ChangeKind.FILE, ""),
        (row("/srv/a", seen(LINK | 0o777, "b"), seen(LINK | 0o777, "a")), ChangeKind.FILE, "leads to a -> b"),
        (row("/srv/a", seen(LINK | 0o777, "b"), PLAIN), ChangeKind.FILE, "file -> link, leads to b"),
        (row("/dev/sdx", seen(stat.S_IFBLK | 0o666)), ChangeKind.FILE, "block device"),
        (row("/etc/php/8.2/run.sh", PROGRAM), ChangeKind.FILE, "file, mode 0755"),
        (row("/var/lib/app/run.sh", PROGRAM), ChangeKind.FILE, "file, mode 0755"),
        (row("/var/log/php8-fpm.log", PROGRAM), ChangeKind.FILE, "file, mode 0755"),
        (row("/etc/php/open.ini", seen(FILE | 0o666)), ChangeKind.FILE, "file, mode 0666"),
        (row("/etc/php/out.ini", seen(LINK | 0o777, "/tmp/x")), ChangeKind.FILE, "link, leads to /tmp/x"),
        (row("/etc/php/out.ini", seen(LINK | 0o777, "../../tmp/x")), ChangeKind.FILE, "link, leads to ../../tmp/x"),
        (row("/usr/local/sbin/koor-backup", seen(FILE | 0o4755)), ChangeKind.SETUID, "file, mode 4755"),
        (row("/usr/bin/x", seen(FILE | 0o755, capability="01")), ChangeKind.SETUID, "file, mode 0755, has capabilities"),
        (row("/run/x", seen(FILE | 0o4755)), ChangeKind.SETUID, "file, mode 4755"),
        (row("/run/x", PROGRAM), ChangeKind.FILE, "file, mode 0755"),
        (row("/var/log/journal/x", PROGRAM), ChangeKind.FILE, "file, mode 0755"),
        (row("/usr/bin/mlock", seen(FILE | 0o4755), package="mlock", state="strange mode"), ChangeKind.SETUID, "file, mode 4755, not as mlock ships it"),
        (row("/usr/sbin/php-fpm8.2", PROGRAM, package=OURS, state="differs"), ChangeKind.FILE, "file, mode 0755, not as php8.2-fpm ships it"),
        (row("/usr/bin/mlock", seen(FILE | 0o755, uid=33), package="mlock", state="strange owner"), ChangeKind.FILE, "file, mode 0755, owner 33, group 0, not as mlock ships it"),
        (row("/usr/bin/x", PROGRAM, package="not-planned", state="shipped"), ChangeKind.FILE, "file, mode 0755"),
        (row("/etc/cron.d/php", PLAIN, package=OURS, state="script"), ChangeKind.CRON, "file, mode 0644"),
        (row("/var/lib/php/run", PROGRAM, package=OURS, state="inside"), ChangeKind.FILE, "file, mode 0755"),
        (row("/etc/cron.d/x", seen(LINK | 0o777, "/usr/share/php/x"), package=OURS, state="link"), ChangeKind.CRON, "link, leads to /usr/share/php/x"),
        (row("/etc/systemd/system/nginx.service", seen(LINK | 0o777, "/tmp/x")), ChangeKind.UNIT, "link, leads to /tmp/x"),
        (row("/etc/systemd/system/ssh.service", seen(LINK | 0o777, "/lib/systemd/system/nginx.service")), ChangeKind.UNIT, "link, leads to /lib/systemd/system/nginx.service"),
        (row("/etc/systemd/system/nginx.service", seen(LINK | 0o777, "/var/log/journal/x/nginx.service")), ChangeKind.UNIT, "link, leads to /var/log/journal/x/nginx.service"),
        (row("/etc/systemd/system/x.target.wants/nginx.service", seen(LINK | 0o777, "/run/x/nginx.service")), ChangeKind.UNIT, "link, leads to /run/x/nginx.service"),
        (row("/etc/systemd/system/cron.service", seen(LINK | 0o777, "/lib/systemd/system/x.service"), package=OURS, state="link"), ChangeKind.UNIT, "link, leads to /lib/systemd/system/x.service"),
        (row("/usr/bin/last", seen(LINK | 0o777, "/usr/bin/php8.2"), PROGRAM, package=OURS, state="link"), ChangeKind.FILE, "file -> link, leads to /usr/bin/php8.2"),
        (row("/etc/alternatives/awk", seen(LINK | 0o777, "/usr/bin/php8.2"), seen(LINK | 0o777, "/usr/bin/mawk"), package=OURS, state="link"), ChangeKind.FILE, "leads to /usr/bin/mawk -> /usr/bin/php8.2"),
        (row("/etc/alternatives/php-fpm.sock", seen(LINK | 0o777, "/tmp/x")), ChangeKind.FILE, "link, leads to /tmp/x"),
        (row("/var/log/auth.log", PLAIN), ChangeKind.FILE, "file, mode 0644"),
        (row("/var/log/auth.log", seen(FILE | 0o640, links=2)), ChangeKind.FILE, "file, mode 0640, 2 names for one file"),
        (row("/etc/php/a.ini", seen(FILE | 0o640, links=2), PLAIN), ChangeKind.FILE, "mode 0644 -> 0640, 2 names for one file"),
        (row("/run/sudo/ts/www-data", seen(FILE | 0o600)), ChangeKind.SUDOERS, "file, mode 0600"),
        (row("/run/systemd/system-generators/x", seen(LINK | 0o777, "/bin/true")), ChangeKind.UNIT, "link, leads to /bin/true"),
        (row("/etc/shadow", seen(FILE | 0o640, acl="A:1"), seen(FILE | 0o640)), ChangeKind.FILE, "has an access control list"),
        (row("/root", seen(FOLDER | 0o700, acl="D:1"), seen(FOLDER | 0o700)), ChangeKind.FILE, "has a default access control list"),
        (row("/srv/x", seen(FILE | 0o600), seen(FILE | 0o600, acl="AU:1")), ChangeKind.FILE, "lost its access control list or attributes"),
        (row("/etc/php/a.ini", seen(FILE | 0o644, acl="ADU:1")), ChangeKind.FILE, "file, mode 0644, has an access control list and a default access control list and extended attributes"),
        (row("/var/lib/php/x", seen(FILE | 0o644, acl="U:1"), package=OURS, state="inside"), ChangeKind.FILE, "file, mode 0644, has extended attributes"),
        (row("/etc/ld.so.cache", seen(FILE | 0o644, acl="A:1"), PLAIN), ChangeKind.FILE, "has an access control list"),
        (row("/usr/bin/gawk.dpkg-new", PROGRAM), ChangeKind.FILE, "file, mode 0755"),
        (row("/var/lib/dpkg/updates/0000", PLAIN), ChangeKind.FILE, "file, mode 0644"),
        (row("/etc/phpx", PLAIN), ChangeKind.FILE, "file, mode 0644"),
    ],
    ids=lambda one: one.path if isinstance(one, FileRow) else "",
)  # fmt: skip
def test_a_change_that_is_nobodys(one: FileRow, kind: ChangeKind, detail: str) -> None:
    change = attribute(one, PLAN, installing=True)
    assert (change.owner, change.by, change.kind, change.detail) == (Owner.NOBODY, "", kind, detail)


def test_what_scripts_write_is_theirs_only_while_packages_are_installed() -> None:
    cache = row("/etc/ld.so.cache", PLAIN, PLAIN)
    assert attribute(cache, PLAN, installing=False).owner is Owner.NOBODY


def test_what_was_there_before_has_its_data_and_no_program_no_door_and_no_configuration() -> None:
    plan = replace(PLAN, contracts=(*PLAN.contracts, Contract("redis", paths=("/var/lib/redis/",), before=True)))
    data = attribute(row("/var/lib/redis/dump.rdb", PLAIN, PLAIN), plan, installing=True)
    assert (data.owner, data.by) == (Owner.BEFORE, "redis (there before)")
    for other in (
        row("/var/lib/redis/x", PROGRAM),
        row("/var/lib/redis/x", seen(FILE | 0o4644)),
        row("/var/lib/redis/x", seen(FILE | 0o666)),
        row("/var/lib/redis/x", seen(LINK | 0o777, "/etc/shadow")),
        row("/etc/redis/redis.conf", PLAIN, PLAIN),
        row(
            "/etc/systemd/system/multi-user.target.wants/redis.service",
            seen(LINK | 0o777, "/lib/systemd/system/redis.service"),
        ),
    ):
        assert attribute(other, plan, installing=True).owner is Owner.NOBODY


def test_a_file_of_a_package_that_the_plan_does_not_touch_says_whose_it_is() -> None:
    tampered = row("/usr/bin/sudo", PROGRAM, PROGRAM).model_copy(update={"owner": "sudo"})
    assert (
        attribute(tampered, PLAN, installing=True).detail == "written, belongs to sudo, which the plan does not touch"
    )
