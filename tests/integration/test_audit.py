"""The scope audit on real servers: a run that keeps to its scope says so, and what others do meanwhile is found.

A background process on the server waits until the run has changed something and then tampers in more than 50 ways; in
those that pass for a package's own work, while packages are installed.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.conftest import ROOT, Koor, Server, inventory
from tests.integration.tampering import WAYS, WAYS_BESIDE_PACKAGES

SETTING = "net.ipv4.conf.lo.log_martians"
# By the name of a way: what the audit calls it, and what it must say of it.
FOUND = {
    "package": ("package", "koor-evil", "added", "1.0"),
    "sudoers": ("sudoers", "/etc/sudoers", "changed", "written"),
    "sudoers.d": ("sudoers", "/etc/sudoers.d/evil", "added", "mode 0440"),
    "setuid": ("setuid", "/usr/local/bin/evil", "added", "mode 4755"),
    "setuid in memory": ("setuid", "/dev/shm/evil", "added", "mode 4755"),  # noqa: S108
    "setuid in tmp": ("setuid", "/tmp/evil", "added", "mode 4755"),  # noqa: S108
    "setuid in run": ("setuid", "/run/evil", "added", "mode 4755"),
    "capability": ("setuid", "/usr/local/bin/capable", "added", "capabilities"),
    "tcp": ("port", "0.0.0.0:4444/tcp", "added", "held by python3"),
    "udp": ("port", "0.0.0.0:5555/udp", "added", "held by python3"),
    "cron.d": ("cron", "/etc/cron.d/evil", "added", "mode 0644"),
    "crontab": ("cron", "/var/spool/cron/crontabs/root", "added", "mode 0600"),
    "cron.daily": ("cron", "/etc/cron.daily/evil", "added", "mode 0755"),
    "deleted": ("file", "/etc/issue", "removed", ""),
    "user": ("user", "evil", "added", "uid"),
    "member": ("group", "sudo", "changed", "members +games"),
    "password": ("user", "root", "changed", "password changed"),
    "shell": ("user", "backup", "changed", "shell /usr/sbin/nologin -> /bin/bash"),
    "keys": ("file", "/root/.ssh/authorized_keys", "added", "mode 0600"),
    "unit": ("unit", "/etc/systemd/system/multi-user.target.wants/evil.service", "added", "evil.service"),
    "masked": ("unit", "/etc/systemd/system/fstrim.timer", "added", "masked"),
    "drop-in": ("unit", "/etc/systemd/system/cron.service.d/evil.conf", "added", "mode 0644"),
    "setting": ("setting", SETTING, "changed", "0 -> 1"),
    "firewall": ("firewall", "nftables", "changed", "rules were changed"),
    "program of the plan": ("file", "/usr/sbin/apache2", "changed", "written"),
    "program of others": ("file", "/usr/bin/sudo", "changed", "mode 4755 -> 0755"),
    "shadow": ("file", "/etc/shadow", "changed", "mode 0640 -> 0644"),
    "owner": ("file", "/etc/login.defs", "changed", "owner 0 -> 33"),
    "link": ("file", "/etc/mtab", "changed", "-> /tmp/mtab"),
    "preload": ("file", "/etc/ld.so.preload", "added", "mode 0644"),
    "source": ("file", "/etc/apt/sources.list.d/evil.list", "added", "mode 0644"),
    "pam": ("file", "/etc/pam.d/common-auth", "changed", "written"),
    "hosts": ("file", "/etc/hosts", "changed", "written"),
    "authority": ("file", "/etc/ssl/certs/evil.pem", "added", "mode 0644"),
    "login": ("file", "/root/.bashrc", "changed", "written"),
    "hidden in a tree": ("file", "/etc/php/evil", "added", "mode 0755"),
    "module": ("file", "/etc/modules-load.d/evil.conf", "added", "mode 0644"),
    "false facts": ("file", "/etc/ansible/facts.d/evil.fact", "added", "mode 0755"),
    "false system": ("file", "/usr/lib/os-release", "changed", "written"),
    "false version": ("package", "sudo", "changed", "-> 9.9"),
    "list on a secret": ("file", "/etc/gshadow", "changed", "has an access control list"),
    "list for what comes": ("file", "/root", "changed", "has a default access control list"),
    "list for cron": ("cron", "/etc/cron.daily", "changed", "has a default access control list"),
    "attribute": ("file", "/etc/issue.net", "changed", "has extended attributes"),
    "control": ("unit", "/run/systemd/system.control/evil.service", "added", "mode 0644"),
    "attached": ("unit", "/run/systemd/system.attached/evil.service", "added", "mode 0644"),
    "manager": ("unit", "/run/systemd/system.conf.d/evil.conf", "added", "mode 0644"),
    "generator": ("unit", "/run/systemd/system-generators/evil", "added", "leads to /bin/true"),
    "kernel module": ("file", "/run/modprobe.d/evil.conf", "added", "mode 0644"),
    "environment": ("file", "/run/environment.d/evil.conf", "added", "mode 0644"),
    "accounts to come": ("file", "/run/sysusers.d/evil.conf", "added", "mode 0644"),
    "interpreter": ("file", "/run/binfmt.d/evil.conf", "added", "mode 0644"),
    "policy": ("file", "/run/polkit-1/rules.d/evil.rules", "added", "mode 0644"),
    "sudo's memory": ("sudoers", "/run/sudo/ts/www-data", "added", "mode 0600"),
    "copy in a log": ("file", "/var/log/shadowcopy", "added", "mode 0644"),
    "second name in a log": ("file", "/var/log/user.log", "added", "2 names for one file"),
    "folder of units": ("unit", "/etc/systemd/system/basic.target.wants", "added", "leads to ../../../run/w"),
    "link out of a tree": ("file", "/etc/apache2/conf-enabled/evil", "added", "leads to /srv/evil"),
}  # fmt: skip
UNITS = "/etc/systemd/system"
FOUND_BESIDE_PACKAGES = {
    "account of a script's word": ("user", "configure", "added", "uid 00"),
    "account in a group": ("user", "upgrade", "added", "group id 27"),
    "group of root": ("group", "prerm", "added", "group id 00"),
    "program given away": ("file", "/usr/sbin/apache2", "added", "owner 33, group 33, not as apache2-bin ships it"),
    "cron given away": ("cron", "/etc/cron.d/php", "added", "owner 33, group 33, not as php-common ships it"),
    "unit given away": ("unit", "/usr/lib/systemd/system/apache2.service", "added", "not as apache2 ships it"),
    "folder given away": ("file", "/usr/lib/apache2/modules", "added", "not as apache2-bin ships it"),
    "list on a program": ("file", "/usr/sbin/apache2ctl", "added", "has an access control list"),
    "program and sum": ("file", "/usr/sbin/a2enmod", "added", "not as apache2 ships it"),
    "new program and sum": ("file", "/usr/sbin/a2evil", "added", "mode 0755"),
    "configuration and sum": ("file", "/etc/logrotate.d/apache2", "added", "not as apache2 ships it"),
    "archive": ("file", "/usr/bin/ab", "added", "not as apache2-utils ships it"),
    "maintainer script": ("file", "/var/lib/dpkg/info/apache2.prerm", "added", "not as apache2 ships it"),
    "new maintainer script": ("file", "/var/lib/dpkg/info/apache2.postinst2", "added", "not as apache2 ships it"),
    "unit elsewhere": ("unit", f"{UNITS}/rescue.target.wants/apache2.service", "added", "leads to /var/log/journal"),
    "other unit": ("unit", f"{UNITS}/fstrim.service", "added", "leads to /lib/systemd/system/apache2.service"),
    "other program": ("file", "/usr/bin/whoami", "changed", "leads to /usr/sbin/a2query"),
    "other alternative": ("file", "/etc/alternatives/which", "changed", "-> /usr/sbin/a2query"),
}  # fmt: skip
# The run lays it again: the first thing that it changes.
AWAITED = "/etc/mysql/mariadb.conf.d/90-koor.cnf"
DONE = "/root/tampered"
BUILD = """
mkdir -p /root/evil/DEBIAN /root/evil/usr/share/evil
cat >/root/evil/DEBIAN/control <<'END'
Package: koor-evil
Version: 1.0
Architecture: all
Maintainer: x <x@example>
Description: x
END
echo x >/root/evil/usr/share/evil/file
dpkg-deb --root-owner-group --build /root/evil /root/evil.deb
"""


class Run:
    """Runs of the default offer on one server."""

    def __init__(self, koor: Koor, sample: Path, server: Server) -> None:
        self._koor, self._sample, self.server = koor, sample, server
        self._reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)

    def _arguments(self, evidence: str) -> tuple[str | Path, ...]:
        case, key = self._sample / "cases" / "default-offer", self._sample / "keys" / "engineer-senior"
        return ("install", case, "--inventory", self._reach, "--key", key, "--yes", "--evidence", self.folder(evidence))

    def folder(self, evidence: str) -> Path:
        return self._koor.home / f"{self.server.system}-{evidence}"

    def __call__(self, evidence: str, code: int = 0) -> tuple["subprocess.CompletedProcess[str]", dict[str, Any]]:
        done = self._koor(*self._arguments(evidence), code=code)
        return done, json.loads((self.folder(evidence) / "audit.json").read_text(encoding="utf-8"))

    def begin(self, evidence: str) -> "subprocess.Popen[bytes]":
        """A run that somebody may disturb."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            self._koor.command(*self._arguments(evidence)),
            env=self._koor.clean_environment,
            cwd=self._koor.home,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
        )


@pytest.fixture(scope="module", params=["debian12", "debian13"])
def run(request: pytest.FixtureRequest, server_factory: Callable[..., Server], koor: Koor, sample: Path) -> Run:
    # What the kernel lets a server do that is one's own, so that it can be tampered with.
    options = ("--cap-add=NET_ADMIN", "--security-opt=unmask=/proc/sys")
    return Run(koor, sample, server_factory(request.param, *options))


@pytest.fixture(scope="module")
def first(run: Run):
    return run("first")


@pytest.fixture(scope="module")
def tampered(first, run: Run):
    """A run that mends one file, with somebody else at work."""
    server = run.server
    server.run("sh", stdin=BUILD)
    server.run("sh", "-c", "cat >/root/tampering.py", stdin=(ROOT / "tests/integration/tampering.py").read_text())
    server.run("rm", AWAITED)
    subprocess.run(
        ["podman", "exec", "--detach", server.name, "python3", "/root/tampering.py", AWAITED, DONE, *FOUND], check=True
    )
    done, audit = run("tampered", code=4)
    assert json.loads(server.run("cat", DONE)) == {}
    return done, audit


@pytest.fixture(scope="module")
def beside_packages(run: Run, koor: Koor, sample: Path, server_factory: Callable[..., Server]):
    """A first run, with somebody at work as soon as its packages are there."""
    new = Run(koor, sample, server_factory(run.server.system))
    new.server.run("sh", "-c", "cat >/root/tampering.py", stdin=(ROOT / "tests/integration/tampering.py").read_text())
    tamper = ("python3", "/root/tampering.py", AWAITED, DONE, *FOUND_BESIDE_PACKAGES)
    subprocess.run(["podman", "exec", "--detach", new.server.name, *tamper], check=True)
    done, audit = new("beside-packages", code=4)
    assert json.loads(new.server.run("cat", DONE)) == {}
    new.server.run("sh", "-c", "rm /var/cache/apt/archives/apache2-utils_*.deb")  # test servers share what they fetched
    return done, audit


def test_every_way_is_tried() -> None:
    assert set(FOUND) == set(WAYS)
    assert set(FOUND_BESIDE_PACKAGES) == set(WAYS_BESIDE_PACKAGES)
    assert len({**FOUND, **FOUND_BESIDE_PACKAGES}) >= 50


def test_a_run_by_itself_changes_nothing_out_of_scope(first) -> None:
    done, audit = first
    assert "installed and verified" in done.stdout
    assert audit["out_of_scope"] == []
    assert audit["troubles"] == []
    assert audit["verdict"] == "in scope"
    by = {(change["owner"], change["by"]) for change in audit["changes"]}
    assert {("component", "php"), ("component", "apache"), ("component", "mariadb")} <= by


def test_audit_file_has_its_schema(first, tampered) -> None:
    schema = json.loads((ROOT / "tests" / "schemas" / "audit.schema.json").read_text(encoding="utf-8"))
    for _, audit in (first, tampered):
        jsonschema.validate(audit, schema)


def test_each_tampering_is_reported_by_its_name(tampered) -> None:
    _, audit = tampered
    found = {(change["kind"], change["what"], change["how"]): change["detail"] for change in audit["out_of_scope"]}
    missed = {name: one for name, one in FOUND.items() if one[3] not in found.get(one[:3], "\0")}
    assert not missed, f"{missed}\n{found}"


def test_nothing_passes_for_a_packages_own_work(beside_packages) -> None:
    _, audit = beside_packages
    found = {(change["kind"], change["what"], change["how"]): change["detail"] for change in audit["out_of_scope"]}
    missed = {name: one for name, one in FOUND_BESIDE_PACKAGES.items() if one[3] not in found.get(one[:3], "\0")}
    assert not missed, f"{missed}\n{found}"


def test_nothing_but_the_tampering_is_reported(tampered) -> None:
    """Folders on the way and what belongs to a way, such as a user's group, are named as well."""
    _, audit = tampered
    beside = re.compile(
        r"/etc/systemd/system/(evil\.service|cron\.service\.d)|/var/spool/cron(/crontabs)?|/root/\.ssh|evil|games|sudo"
        r"|/root/tampered|/etc/ansible(/facts\.d)?|/usr/share/evil(/file)?|/etc/modules-load\.d|/etc/php|/var/lib/dpkg/.+|/var/log/dpkg\.log|/var/spool"
        r"|/run/(systemd/system[.-](control|attached|conf\.d|generators)|(modprobe|environment|sysusers|binfmt)\.d)"
        r"|/run/(polkit-1(/rules\.d)?|sudo/ts)|/etc/subgid"
    )
    named = {one[1] for one in FOUND.values()}
    others = [change for change in audit["out_of_scope"] if change["what"] not in named]
    assert [change for change in others if not beside.fullmatch(change["what"])] == []


def test_no_run_asks_a_server_for_facts(tampered, run: Run) -> None:
    run.server.run("sh", "-c", "! test -e /root/facts-were-asked")


def test_the_engineer_is_told_and_secrets_are_not(tampered) -> None:
    done, audit = tampered
    assert "installed and verified" not in done.stdout
    assert len(re.findall(r"^  out of scope: ", done.stderr, re.MULTILINE)) == 21
    assert f"{len(audit['out_of_scope']) - 20} more; all are in audit.json" in done.stderr
    assert "$y$" not in json.dumps(audit)


def test_our_ledger_holds_no_path(tampered, koor: Koor) -> None:
    ledger = koor.ledger.read_text(encoding="utf-8")
    assert json.loads(ledger.splitlines()[-1])["event"] == "out of scope"
    assert "evil" not in ledger
    assert "/etc" not in ledger


GONE = "for try in $(seq 200); do pgrep --full 'koor_provision[.]audit' >/dev/null || exit 0; sleep 0.1; done; exit 1"


def test_nothing_of_the_audit_is_left_there(tampered, run: Run) -> None:
    run.server.run("sh", "-c", GONE)


def test_nothing_is_left_there_either_when_we_are_killed(tampered, run: Run) -> None:
    with run.begin("dead") as process:
        run.server.run("sh", "-c", "until pgrep --full 'koor_provision[.]audit' >/dev/null; do sleep 0.02; done")
        process.kill()
    run.server.run("sh", "-c", GONE)


def test_a_run_without_its_audit_is_not_passed(tampered, run: Run) -> None:
    """Whoever ends the process that looked before has taken away what it saw."""
    server = run.server
    server.run("rm", AWAITED)
    killer = f"while [ ! -e {AWAITED} ]; do sleep 0.02; done; pkill -9 -f koor_provision[.]audit"
    subprocess.run(["podman", "exec", "--detach", server.name, "sh", "-c", killer], check=True)
    done, audit = run("killed", code=3)
    assert audit["verdict"] == "not known"
    assert "not audited" in done.stderr
    assert "unverified" in done.stderr


def test_a_forged_event_leaves_a_run_unverified(tampered, run: Run, koor: Koor, tmp_path: Path) -> None:
    """Only somebody on our own machine can reach the pipe that our events come through."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        koor.environment["XDG_RUNTIME_DIR"] = memory
        pipe = f"{memory}/koor-provision.*/events"
        event = json.dumps({"number": 1000, "event": "result", "status": "ok"})
        forger = f"until ls {pipe} >/dev/null 2>&1; do sleep 0.02; done; sleep 1; echo '{event}' >$(ls {pipe})"
        with subprocess.Popen(["sh", "-c", forger]):
            done, audit = run("forged", code=3)
        del koor.environment["XDG_RUNTIME_DIR"]
    assert "unverified" in done.stderr
    assert "event 1000 came after event" in done.stderr
    assert audit["troubles"] == []
