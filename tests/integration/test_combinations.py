"""An untampered run changes nothing out of scope, whatever web server, cache and database an order combines.

Each is an exchange on a server that keeps what was there. `KOOR_TEST_COMBINATIONS=all` tries all of the stack scenario;
otherwise three that have every choice between them.
"""

import itertools
import os
from collections.abc import Callable
from pathlib import Path

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


@pytest.mark.parametrize("combination", TRIED, ids="-".join)
def test_nothing_out_of_scope(koor: Koor, sample: Path, server: Server, combination: tuple[str, ...]) -> None:
    web, handler, cache, database = combination
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    names = [
        f"{{component: php, handler: {handler}}}",
        *(f"{{component: {name}}}" for name in (web, cache, database) if name),
    ]
    done = koor(
        "install", order(sample, *names), "-i", reach, "--key", sample / "keys" / "engineer-senior", "--yes",
        "--evidence", koor.home / f"{server.system}-{'-'.join(combination)}",
    )  # fmt: skip
    assert "installed and verified" in done.stdout
    assert "out of scope" not in done.stderr


def test_some_have_every_choice() -> None:
    for place, choices in ((0, {"nginx", "apache"}), (1, {"fpm", "mod_php"}), (2, {*CACHE}), (3, {*DATABASE})):
        assert {one[place] for one in SOME} == choices
