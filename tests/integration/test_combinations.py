"""An untampered run changes nothing out of scope, whatever web server, cache and database an order combines.

Each is an exchange on a server that keeps what was there. `KOOR_TEST_COMBINATIONS=all` tries all of the stack scenario;
otherwise three that have every choice between them.
"""

import itertools
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Koor, Server, inventory
from tests.integration.test_other_components import order

WEB = (("nginx", "fpm"), ("apache", "fpm"), ("apache", "mod_php"))
CACHE = ("redis", "memcached", "")
DATABASE = ("postgresql", "mariadb", "sqlite")
ALL = [(*web, cache, database) for database, cache, web in itertools.product(DATABASE, CACHE, WEB)]
SOME = [ALL[0], ALL[13], ALL[26]]
TRIED = ALL if os.environ.get("KOOR_TEST_COMBINATIONS") == "all" else SOME


@pytest.fixture(scope="module", params=["debian12", "debian13"])
def server(request: pytest.FixtureRequest, server_factory: Callable[[str], Server]) -> Server:
    return server_factory(request.param)


@pytest.fixture
def install(koor: Koor, sample: Path, server: Server):
    """Orders a combination and installs it; the answer, and what the audit saw."""
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)

    def run(
        *combination: str, code: int = 0, evidence: str = ""
    ) -> tuple["subprocess.CompletedProcess[str]", dict[str, Any]]:
        web, handler, *others = combination
        php = f"{{component: php, handler: {handler}}}"
        names = [php, *(f"{{component: {name}}}" for name in (web, *others) if name)]
        folder = koor.home / f"{server.system}-{evidence or '-'.join(combination)}"
        done = koor(
            "install", order(sample, *names), "-i", reach, "--key", sample / "keys" / "engineer-senior", "--yes",
            "--evidence", folder, code=code,
        )  # fmt: skip
        return done, json.loads((folder / "audit.json").read_text(encoding="utf-8"))

    return run


@pytest.mark.parametrize("combination", TRIED, ids="-".join)
def test_nothing_out_of_scope(install, combination: tuple[str, ...]) -> None:
    done, audit = install(*combination)
    assert "installed and verified" in done.stdout
    assert audit["verdict"] == "in scope"


TAMPER = """
newest() { ls -t /var/lib/koor-provision/undo | head -1; }
former=$(newest)
until [ "$(newest)" != "$former" ]; do sleep 0.1; done
for file in /etc/postgresql/*/main/pg_hba.conf; do echo '# x' >>$file; done
echo x >/usr/local/lib/koor-backup-postgresql/x
su postgres -c "psql -qc 'CREATE TABLE written_meanwhile (number int)'"
cp /usr/bin/true /var/lib/postgresql/program
"""


def test_what_else_changes_in_what_was_there_before_is_nobodys(install, server: Server) -> None:
    """It writes its data while it runs; nothing else of it passes for that, nor a program among its data."""
    install("nginx", "fpm", "postgresql", evidence="before")
    server.run("systemd-run", "--quiet", "--unit=tamper", "sh", "-c", TAMPER)
    done, audit = install("nginx", "fpm", "sqlite", evidence="tampered", code=4)
    assert "postgresql; it stays as it is" in " ".join(done.stdout.split())
    found = {change["what"] for change in audit["out_of_scope"]}
    assert any(re.fullmatch(r"/etc/postgresql/\d+/main/pg_hba\.conf", what) for what in found)
    assert {"/usr/local/lib/koor-backup-postgresql/x", "/var/lib/postgresql/program"} <= found
    data = [change for change in audit["changes"] if re.match(r"/var/lib/postgresql/\d+/main/base/", change["what"])]
    assert {(change["owner"], change["by"]) for change in data} == {("before", "postgresql (there before)")}


def test_some_have_every_choice() -> None:
    for place, choices in ((0, {"nginx", "apache"}), (1, {"fpm", "mod_php"}), (2, {*CACHE}), (3, {*DATABASE})):
        assert {one[place] for one in SOME} == choices
