import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from koor_provision.errors import RunError
from koor_provision.images.boot.offered import Offer, answers, offer_of, page_of, problems_of
from koor_provision.models.components import Component

MARK = "koor 7 "


def offer(*components: str | dict[str, Any]) -> Offer:
    given = [one if isinstance(one, dict) else {"component": one} for one in components]
    return offer_of(TypeAdapter(tuple[Component, ...]).validate_python(given))


def test_what_was_ordered_says_what_is_asked():
    whole = offer({"component": "php", "handler": "mod_php"}, "apache", "mariadb", "redis", "imagemagick")
    assert whole == Offer("apache", "mod_php", (("mariadb", "koor"),), ("redis",))
    assert whole.asked == "serves a page that PHP makes from the database"
    assert whole.keys == {"/etc/ssl/koor/koor.key", "/etc/koor-provision/secrets/mariadb-koor_select.cnf",
                          "/etc/koor-provision/secrets/redis.cnf"}  # fmt: skip
    assert offer("php", "nginx").asked == "serves a page that PHP makes"
    assert offer("nginx").asked == "answers for nginx"
    assert offer("postgresql", "memcached").asked == "answers for postgresql, memcached"
    assert offer("imagemagick").asked == "answers for what is in it"


@pytest.mark.parametrize(
    ("components", "ports"),
    [(("php", "nginx", "redis"), {"tcp 22", "tcp 80", "tcp 443"}), (("mariadb", "memcached"), {"tcp 22"})],
)
def test_only_web_servers_are_reached_by_others(components, ports):
    assert offer(*components).must_be_open == ports
    assert "udp 5355" not in offer(*components).open


@pytest.mark.parametrize(
    ("components", "sized"),
    [(("php", "nginx"), True), (("mariadb",), True), (("nginx", "postgresql"), False),
     (({"component": "php", "handler": "mod_php"}, "apache"), False)],
)  # fmt: skip
def test_sizes_are_asked_for_where_the_roles_write_them(components, sized):
    assert offer(*components).sized is sized


def test_the_page_asks_every_database_by_its_own_name_and_holds_no_password():
    page = page_of(offer("php", "nginx", {"component": "postgresql", "database": "shop"}, "sqlite"), MARK)
    assert 'new PDO("pgsql:host=127.0.0.1;dbname=shop", "shop_$work"' in page
    assert "@postgresql-shop_insert@" in page
    assert "sqlite:/var/lib/koor/sqlite/koor.db" in page
    assert "mysql" not in page
    assert page_of(offer("nginx"), MARK) == "koor 7 \n"
    assert not page_of(offer("mariadb"), MARK)


@pytest.mark.parametrize(
    ("components", "answer", "wrong"),
    [
        (("php", "nginx", "sqlite"), "200 koor 7 sqlite\nkoor 7  8.4 fpm-fcgi", ""),
        (("php", "nginx", "sqlite"), "200 koor 7  8.4 fpm-fcgi", "nothing from sqlite"),
        (("php", "nginx", "sqlite"), "500", "nothing from sqlite"),
        (({"component": "php", "handler": "mod_php"}, "apache"), "200 koor 7  8.4 apache2handler", ""),
        (({"component": "php", "handler": "mod_php"}, "apache"), "200 koor 7  8.4 fpm-fcgi", "does not run as mod_php"),
        (("nginx",), "200 koor 7 ", ""),
        (("nginx",), "404", "answered '404'"),
    ],
)
def test_an_answer_is_right_or_said_to_be_wrong(components, answer, wrong):
    (said,) = problems_of(answer, offer(*components), MARK) or [""]
    assert wrong in said
    assert bool(wrong) is bool(said)


class Told:
    """A machine that answers as it is told, and keeps what was typed."""

    name = "test"

    def __init__(self, databases: dict[str, str]) -> None:
        self.databases = databases
        self.typed: list[str] = []

    def run(self, command: str, _: float = 0) -> str:
        self.typed.append(command)
        if command.startswith("python3 /root/koor-inside"):
            return "a warning\n" + json.dumps({"answers": self.databases, "open": ["tcp 22"]})
        return ""


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    monkeypatch.setattr(secrets, "randbelow", lambda _: 7)

    def run(databases: dict[str, str], page: str = "", *components: str) -> Told:
        machine = Told(databases)
        found = answers(machine, lambda _: page, offer(*components), lambda get, _: get())  # type: ignore[arg-type]  # acts as one
        assert found == {"tcp 22"}
        return machine

    return run


def test_databases_and_caches_without_a_page_are_asked_as_well(ask):
    machine = ask({"postgresql": "42", "redis": "42"}, "", "postgresql", "redis")
    assert machine.typed[-1].startswith("rm -f ")
    assert all(len(line) < 4095 for line in machine.typed)


def test_one_that_does_not_answer_is_named(ask):
    with pytest.raises(RunError, match=r"redis answered 'failed: closed'"):
        ask({"postgresql": "42", "redis": "failed: closed"}, "", "postgresql", "redis")


def test_a_page_that_says_nothing_of_its_database_fails(ask):
    with pytest.raises(RunError, match="nothing from mariadb"):
        ask({"mariadb": "42"}, "200 koor 7  8.4 fpm-fcgi", "php", "apache", "mariadb")
