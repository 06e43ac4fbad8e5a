"""No role touches anything outside its `meta/scope.yml`: seen on a server that has all packages and nothing else.

Everything that differs after the roles ran must be in the scope of one of them, or among what a running system writes.
"""

import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.components import Component
from koor_provision.models.scope import Scope
from koor_provision.models.software import System
from koor_provision.preflight.facts import wanted_packages
from koor_provision.provision.variables import role_variables
from tests.integration.conftest import ROOT, Server

SCOPES = load_scopes(share() / "roles")
ORDERS = (
    ["php", "apache", "mariadb", "redis", "application"],
    ["php", "nginx", "postgresql", "sqlite", "memcached"],
)
"""Two orders that have every component between them; the second finds the first one's server."""

LOOK = """
import hashlib, json, os, pwd, grp, stat
seen = {}
for top, folders, files in os.walk("/"):
    if top == "/":
        folders[:] = [one for one in folders if one not in ("proc", "sys", "dev", "run", "tmp")]
    for name in folders + files:
        path = os.path.join(top, name)
        try:
            one = os.lstat(path)
            what = ""
            if stat.S_ISLNK(one.st_mode):
                what = os.readlink(path)
            elif stat.S_ISREG(one.st_mode):
                with open(path, "rb") as file:
                    what = hashlib.sha256(file.read()).hexdigest()
        except FileNotFoundError:
            continue
        seen[path] = [one.st_mode, one.st_uid, one.st_gid, what]
ports = set()
for table in ("tcp", "tcp6", "udp", "udp6"):
    with open("/proc/net/" + table) as lines:
        for line in list(lines)[1:]:
            _, local, _, state = line.split()[:4]
            if state in ("0A", "07"):
                ports.add(local.split(":")[0] + ":" + str(int(local.split(":")[1], 16)) + "/" + table[:3])
users = [list(one) for one in pwd.getpwall()]
groups = [list(one) for one in grp.getgrall()]
print(json.dumps({"files": seen, "ports": sorted(ports), "users": users, "groups": groups}))
"""
OF_THE_SYSTEM = (
    "/var/log/journal/*", "/var/log/lastlog", "/var/log/wtmp", "/var/log/btmp", "/var/lib/systemd/*", "/var/cache/*",
    "/root/.ansible*", "/etc/.pwd.lock", "*/__pycache__*", "/var/lib/logrotate/*",
    "/var/lib/php/sessions/sess_*",  # of whoever asks for a page, as the role does to see whether it answers
    "/var/tmp/systemd-private-*",  # noqa: S108  # a service's own
)  # fmt: skip
"""What a running system writes by itself, whoever works on it."""
ENABLED = re.compile(
    r"/etc/systemd/system/[^/]+\.(?:wants|requires)/(?P<unit>[^/]+)|/etc/rc[0-6S]\.d/[SK]\d\d(?P<script>.+)"
)

ALIAS = re.compile(r"/etc/systemd/system/[^/]+\.service")
"""A second name of an enabled unit: a link to it."""


def own_services(scope: Scope, system: System) -> tuple[str, ...]:
    """The services that are a component itself; none on a system that it does not know."""
    return scope.systems[system].own_services if system in scope.systems else ()


def ordered(names: Iterable[str]) -> tuple[Component, ...]:
    """An order of these, with the application from the fixture's archive."""
    options = {"application": {"version": "2026.1", "sha256": hashlib.sha256(archive()).hexdigest()}}
    parse = TypeAdapter[Component](Component).validate_python
    return tuple(parse({"component": name, **options.get(name, {})}) for name in names)


@cache
def archive() -> bytes:
    """The fixture application, packed."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(ROOT / "tests" / "application", "application")
    return packed.getvalue()


def play(server: Server, components: list[str], home: Path) -> None:
    """Run the playbook of a planned order, whose packages and archive are there already."""
    models = ordered(components)
    extra: dict[str, Any] = {
        "koor_planned": True, "koor_components": components, "koor_packages": [], "koor_apt_config": "",
        "koor_system": server.system, "koor_memory_mb": 4096, "koor_cores": 4,
    }  # fmt: skip
    for model in models:
        extra |= role_variables(model, models)
    inventory = home / "hosts.json"
    host = {"ansible_connection": "podman", "ansible_python_interpreter": "/usr/bin/python3"}
    inventory.write_text(json.dumps({"targets": {"hosts": {server.name: host}}}), encoding="ascii")
    configuration = home / "ansible.cfg"
    configuration.write_text("[defaults]\n", encoding="ascii")
    done = subprocess.run(
        [
            "ansible-playbook",
            "--inventory",
            inventory,
            "--extra-vars",
            json.dumps(extra),
            ROOT / "playbooks/install.yml",
        ],
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(configuration),
            "ANSIBLE_HOME": str(home / "ansible"),
            "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.yaml",
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
            "ANSIBLE_ROLES_PATH": str(ROOT / "roles"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "src/koor_provision/collections"),
            "ANSIBLE_STRATEGY": "koor.provision.mitogen_linear",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def foreign_files(before: dict[str, Any], after: dict[str, Any], scopes: list[Scope], system: System) -> Iterator[str]:
    """Paths that differ and are in nobody's scope."""
    paths = [path for scope in scopes for path in scope.paths]
    units = {unit for scope in scopes for unit in scope.systems[system].services}
    for path in sorted({*before, *after}):
        if before.get(path) == after.get(path) or any(fnmatch(path, pattern) for pattern in OF_THE_SYSTEM):
            continue
        if any(f"{path}/".startswith(one) if one.endswith("/") else fnmatch(path, one) for one in paths):
            continue
        link = ENABLED.fullmatch(path)
        if link and (link["unit"] or f"{link['script']}.service") in units:
            continue
        if ALIAS.fullmatch(path) and Path((before.get(path) or after[path])[3]).name in units:
            continue
        yield f"{path}: {before.get(path)} -> {after.get(path)}"


def in_words(port: str) -> str:
    """The kernel's way of writing an address and port, as a scope writes it."""
    address, _, rest = port.partition(":")
    names = {"00000000": "*", "0" * 32: "*", "0100007F": "127.0.0.1", "00000000000000000000000001000000": "[::1]"}
    return f"{names.get(address, address)}:{rest}"


@pytest.mark.parametrize("system", ["debian12", "debian13"])
def test_roles_keep_to_their_scopes(system: System, server_factory: Callable[[str], Server], tmp_path: Path) -> None:
    server = server_factory(system)
    everything = ordered(dict.fromkeys(name for order in ORDERS for name in order))
    packages = wanted_packages(everything, SCOPES)[system]
    server.run("apt-get", "update", "-qq")
    install = "DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "
    server.run("sh", "-c", f"{install} {' '.join(packages)} >/dev/null 2>&1")
    sources = "/var/lib/koor/application/sources"
    server.run("mkdir", "-p", sources)
    (tmp_path / "application.tar").write_bytes(archive())
    place = f"{server.name}:{sources}/{hashlib.sha256(archive()).hexdigest()}.tar"
    subprocess.run(["podman", "cp", tmp_path / "application.tar", place], check=True)
    units = {unit for scope in SCOPES.values() if system in scope.systems for unit in scope.systems[system].services}
    stop = f"systemctl stop {' '.join(sorted(units))} 2>/dev/null; systemctl stop 'postgresql@*'; true"
    for order in ORDERS:
        # What stands still writes nothing: what packages or an earlier order brought to run is not this order's.
        server.run("sh", "-c", stop)
        before = json.loads(server.run("python3", "-", stdin=LOOK))
        play(server, order, tmp_path)
        after = json.loads(server.run("python3", "-", stdin=LOOK))
        scopes = [SCOPES[name] for name in order]
        # What is stopped for one of them writes its log a last time, and loses its links.
        rivals = {unit for scope in scopes for unit in scope.systems[system].rivals}
        scopes += [one for one in SCOPES.values() if rivals & set(own_services(one, system))]
        foreign = list(foreign_files(before["files"], after["files"], scopes, system))
        assert not foreign, "\n".join(foreign)
        changed = {
            kind: {str(one[0]) for one in after[kind] if one not in before[kind]} for kind in ("users", "groups")
        }
        assert changed["users"] <= {user for scope in scopes for user in scope.users}
        assert changed["groups"] <= {group for scope in scopes for group in scope.groups}
        opened = {in_words(port) for port in set(after["ports"]) - set(before["ports"])}
        assert opened <= {port for scope in scopes for port in scope.ports}


def test_what_is_in_no_scope_is_found() -> None:
    before, after = {"/etc/motd": [1]}, {"/etc/motd": [2], "/etc/apache2/ports.conf": [3], "/etc/new": [4]}
    found = list(foreign_files(before, after, [SCOPES["apache"]], "debian12"))
    assert [line.partition(":")[0] for line in found] == ["/etc/motd", "/etc/new"]
