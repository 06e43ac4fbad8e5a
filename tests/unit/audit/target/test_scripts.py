"""What maintainer scripts do to accounts: the command is read, and not any word in the script."""

from pathlib import Path

import pytest

from koor_provision.audit.target.scripts import Scripts

POSTINST = """\
USER="redis"
GROUP="$USER"
case "$1" in configure) upgrade=yes ;; esac
    adduser \\
        --system --home /var/lib/redis --quiet \\
        --group ${USER} || true
getent group ssl-cert >/dev/null || addgroup --quiet --system --force-badname ssl-cert
adduser --system $quiet --home /var/lib/postgresql --no-create-home \\
    --shell /bin/bash --group --gecos "PostgreSQL administrator" postgres
adduser $quiet postgres games
useradd -r -g _x -d /opt/x -s /usr/bin/xsh -c 'some one' xuser >/dev/null
deluser --quiet olduser
echo "an adduser.conf of configure is kept"
"""
REDIS = {"shell": "/usr/sbin/nologin", "home": "/var/lib/redis", "main group": ["redis"]}
POSTGRES = {"shell": "/bin/bash", "home": "/var/lib/postgresql", "main group": ["postgres"]}
XUSER = {"shell": "/usr/bin/xsh", "home": "/opt/x", "main group": ["_x"]}
ENTRY = {"shell": "/usr/sbin/nologin", "home": "/run/sshd", "main group": ["sshd"]}


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    entries = tmp_path / "shop.conf"
    entries.write_text('u sshd - "sshd user" /run/sshd\ng crontab\n')
    return Scripts({"shop": POSTINST}, {"shop": [str(entries)]})


@pytest.mark.parametrize(
    ("kind", "name", "record"),
    [
        ("user", "redis", REDIS), ("user", "postgres", POSTGRES), ("user", "xuser", XUSER), ("user", "sshd", ENTRY),
        ("group", "redis", {"members": []}), ("group", "ssl-cert", {"members": []}), ("group", "crontab", {"x": ""}),
        ("user", "olduser", {}), ("user", "redis", {}),
    ],
)  # fmt: skip
def test_accounts_as_the_script_makes_them(scripts: Scripts, kind: str, name: str, record: dict[str, object]) -> None:
    assert scripts.account(kind, name, record) == "shop"


@pytest.mark.parametrize(
    ("kind", "name", "record"),
    [
        ("user", "redis", REDIS | {"shell": "/bin/bash"}), ("user", "redis", REDIS | {"home": "/run/x"}),
        ("user", "redis", REDIS | {"main group": ["sudo"]}), ("user", "redis", REDIS | {"main group": []}),
        ("user", "redis", REDIS | {"main group": ["redis", "sudo"]}), ("user", "postgres", POSTGRES | {"home": "/"}),
        ("user", "upgrade", REDIS), ("user", "configure", REDIS), ("user", "games", POSTGRES), ("user", "some", XUSER),
        ("user", "_x", XUSER), ("user", "sshd", ENTRY | {"shell": "/bin/sh"}), ("user", "ssl-cert", REDIS),
        ("group", "configure", {"members": []}), ("group", "games", {"members": []}), ("user", "olduser", REDIS),
    ],
)  # fmt: skip
def test_accounts_that_no_script_makes(scripts: Scripts, kind: str, name: str, record: dict[str, object]) -> None:
    assert scripts.account(kind, name, record) == ""
