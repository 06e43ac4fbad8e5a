# ruff: noqa: E501, S108 -- tables, of paths of the target
"""What habits may never cover, since whatever they cover is a place to hide in."""

import pytest

from koor_provision.audit.habits import PACKAGES, SYSTEM

SENSITIVE = (
    "/etc/passwd", "/etc/sudoers", "/etc/ld.so.preload", "/etc/hosts", "/etc/pam.d/common-auth", "/etc/ssh/sshd_config",
    "/etc/apt/sources.list.d/x.list", "/etc/ssl/certs/x.pem", "/root/.bashrc", "/root/.ssh/authorized_keys", "/usr/bin/sudo",
    "/usr/lib/x.so", "/usr/local/bin/x", "/var/spool/cron/crontabs/root", "/var/www/html/x.php", "/home/ann/.profile",
    "/run/systemd/system/x.service", "/run/systemd/generator/x.service", "/run/systemd/transient/x.service",
    "/run/systemd/system.control/x.service", "/run/systemd/system.attached/x.service", "/run/systemd/system.conf.d/x.conf",
    "/run/systemd/system-generators/x", "/run/systemd/network/x.network", "/run/systemd/user.conf.d/x.conf", "/run/modprobe.d/x.conf",
    "/run/sysusers.d/x.conf", "/run/binfmt.d/x.conf", "/run/environment.d/x.conf", "/run/polkit-1/rules.d/x.rules",
    "/run/userdb/x.user", "/run/user/0/systemd/user/x.service", "/run/initramfs/shutdown", "/run/dbus-1/system.d/x.conf",
    "/var/log/shadowcopy", "/var/log/gsh", "/var/log/auth.log2", "/run/udev/rules.d/x.rules", "/dev/shm/x", "/tmp/x", "/var/tmp/x", "/opt/x", "/boot/x", "/lib/modules/x.ko",
    "/var/lib/dpkg/info/sudo.md5sums", "/var/lib/dpkg/info/sudo.list",
)  # fmt: skip


@pytest.mark.parametrize("path", SENSITIVE)
def test_a_sensitive_place_is_nobodys_habit(path: str) -> None:
    assert not [habit.why for habit in (*SYSTEM, *PACKAGES) if habit.covers(path, "", 0o100644)]


STATE = (
    "/run/php/koor.sock", "/run/mysqld/mysqld.pid", "/run/lock/apache2", "/run/adduser", "/run/systemd/units/invocation:x.service",
    "/run/systemd/journal/streams/9:1", "/run/systemd/ask-password-block/136:0", "/run/systemd/systemd-units-load",
    "/run/koor-provision/apt-0/pkgcache.bin", "/run/udev/data/b8:0", "/run/user/0/gnupg/d.abc", "/run/log/journal/1/system.journal",
)  # fmt: skip


@pytest.mark.parametrize("path", STATE)
def test_state_of_what_runs_is_the_systems(path: str) -> None:
    assert [habit.why for habit in SYSTEM if habit.covers(path, "", 0o100644)]


def test_a_folder_of_units_is_no_link() -> None:
    path = "/etc/systemd/system/basic.target.wants"
    assert [habit for habit in PACKAGES if habit.covers(path, "", 0o40755)]
    assert not [habit for habit in PACKAGES if habit.covers(path, "../../../run/w", 0o120777)]
    assert not [habit for habit in PACKAGES if habit.covers(path, "other.target.wants", 0o120777)]


def test_the_system_has_nothing_in_etc_but_backups_and_a_lock() -> None:
    assert {habit.path for habit in SYSTEM if habit.path.startswith("/etc")} == {
        r"/etc/(passwd|group|subuid|subgid)-", r"/etc/g?shadow-", r"/etc/\.pwd\.lock",
    }  # fmt: skip


def test_each_habit_says_why() -> None:
    assert all(habit.why for habit in (*SYSTEM, *PACKAGES))
