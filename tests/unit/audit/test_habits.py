# ruff: noqa: E501, S108 -- tables, of paths of the target
"""What habits may never cover, since whatever they cover is a place to hide in."""

import pytest

from koor_provision.audit.habits import PACKAGES, SYSTEM

SENSITIVE = (
    "/etc/passwd", "/etc/sudoers", "/etc/ld.so.preload", "/etc/hosts", "/etc/pam.d/common-auth", "/etc/ssh/sshd_config",
    "/etc/apt/sources.list.d/x.list", "/etc/ssl/certs/x.pem", "/root/.bashrc", "/root/.ssh/authorized_keys", "/usr/bin/sudo",
    "/usr/lib/x.so", "/usr/local/bin/x", "/var/spool/cron/crontabs/root", "/var/www/html/x.php", "/home/ann/.profile",
    "/run/systemd/system/x.service", "/run/systemd/generator/x.service", "/run/systemd/transient/x.service",
    "/run/udev/rules.d/x.rules", "/dev/shm/x", "/tmp/x", "/var/tmp/x", "/opt/x", "/boot/x", "/lib/modules/x.ko",
    "/var/lib/dpkg/info/sudo.md5sums", "/var/lib/dpkg/info/sudo.list",
)  # fmt: skip


@pytest.mark.parametrize("path", SENSITIVE)
def test_a_sensitive_place_is_nobodys_habit(path: str) -> None:
    assert not [habit.why for habit in (*SYSTEM, *PACKAGES) if habit.covers(path, "", 0o100644)]


def test_the_system_has_nothing_in_etc_but_backups_and_a_lock() -> None:
    assert {habit.path for habit in SYSTEM if habit.path.startswith("/etc")} == {
        r"/etc/(passwd|group|subuid|subgid)-", r"/etc/g?shadow-", r"/etc/\.pwd\.lock",
    }  # fmt: skip


def test_each_habit_says_why() -> None:
    assert all(habit.why for habit in (*SYSTEM, *PACKAGES))
