"""Everything that must be this machine's alone, made by the machine itself."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ADMIN = "koor"
LETTERS = "bcdefghjknprstuvx"
"""Lower case, hard to mistake, and on the same keys of US, German and French keyboards: a console may have any."""
PASSWORD_LENGTH = 20  # 81 bits


def call(command: Sequence[str], given: str = "") -> None:
    """Run a command; what it says comes into the journal."""
    subprocess.run(command, input=given, text=True, check=True)


def new_password() -> str:
    """The password of the first login."""
    return "".join(secrets.choice(LETTERS) for _ in range(PASSWORD_LENGTH))


def give_login(password: str) -> None:
    """Give the administrator a password that must be changed at the first login."""
    call(["chpasswd"], f"{ADMIN}:{password}\n")
    call(["chage", "--lastday", "0", ADMIN])


def make_host_keys() -> None:
    """SSH's host keys, new ones whatever there was."""
    for old in Path("/etc/ssh").glob("ssh_host_*"):
        old.unlink()
    call(["ssh-keygen", "-A"])


def make_snakeoil() -> None:
    """The certificate that Debian's packages share, where they need one."""
    if tool := shutil.which("make-ssl-cert"):
        call([tool, "generate-default-snakeoil", "--force-overwrite"])


def make_mariadb() -> None:
    """An empty database server; root comes in by its socket and without a password."""
    if not Path("/usr/sbin/mariadbd").exists():
        return
    _empty(Path("/var/lib/mysql"))
    call(["mariadb-install-db", "--user=mysql", "--skip-test-db", "--skip-name-resolve"])


def make_postgresql() -> None:
    """An empty cluster for the configuration that is there."""
    for configuration in Path("/etc/postgresql").glob("*/main"):
        version = configuration.parent.name
        data = Path("/var/lib/postgresql", version, "main")
        _empty(data)
        initdb = f"/usr/lib/postgresql/{version}/bin/initdb"
        options = ["--auth-local=peer", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        call(["runuser", "--user", "postgres", "--", initdb, "--pgdata", str(data), *options])


def _empty(folder: Path) -> None:
    """Whatever an earlier try left there."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def run_module(name: str, arguments: dict[str, Any]) -> None:
    """Run one of the roles' own modules, as the role would, in a process of its own.

    Raises:
        RuntimeError: it failed.
    """
    done = subprocess.run(
        [sys.executable, sys.argv[0], "module", name],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_remote_tmp": "/run"}}),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": "/run"},
    )
    answer = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
    if done.returncode != 0 or answer.get("failed"):
        raise RuntimeError(f"{name}: {answer.get('msg', f'exit code {done.returncode}')}")


def become_module(name: str) -> None:
    """Be a module: what Ansible's own wrapper does, with arguments from standard input."""
    import runpy  # noqa: PLC0415  # only here

    from ansible.module_utils import basic  # noqa: PLC0415  # only here, and slow to load

    basic._ANSIBLE_ARGS = sys.stdin.buffer.read()  # noqa: SLF001  # the only way in; the version is pinned and tried
    basic._ANSIBLE_PROFILE = "legacy"  # noqa: SLF001
    runpy.run_module(f"ansible_collections.koor.provision.plugins.modules.{name}", run_name="__main__")
