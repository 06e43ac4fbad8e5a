"""The plan at the terminal: what goes stands out, and so does what stays."""

import click
from tests.world import SCOPES, World

from koor_provision.report.plan import plan_text


def shown(world: World) -> dict[str, str]:
    lines = click.unstyle(plan_text(world.proposal().plan, SCOPES, "by ssh", width=400)).splitlines()
    return {line[:13].strip(): line[13:] for line in lines[1:]}


def test_removal_names_what_goes_and_what_stays(world: World) -> None:
    world.ask_for_removal({"component": "memcached"})
    lines = shown(world)
    assert lines["removes"] == "memcached"
    assert lines["packages"] == "memcached 1.6.18-1"
    assert lines["unneeded"] == "libevent-2.1-7 2.1.12-stable-8"
    assert lines["stops"] == "memcached.service"
    assert lines["deletes"] == "/etc/memcached/koor.conf"
    assert lines["restores"] == "/etc/memcached/other.conf"
    assert lines["keeps"] == "/var/lib/memcached/"
    assert lines["stays"] == "php, apache, mariadb"
    assert "DELETES" not in lines


def test_purge_stands_out(world: World) -> None:
    world.ask_for_removal({"component": "memcached", "purge": "true"})
    world.trees["plan"]["removal"] |= {"purge": "true", "data": ["/var/lib/memcached/"], "kept": []}
    lines = shown(world)
    assert lines["removes"] == "memcached with its configuration and data"
    assert lines["DELETES"] == "/var/lib/memcached/"
    assert lines["keeps"] == "no data"


def test_installation_removes_nothing(world: World) -> None:
    lines = shown(world)
    assert lines["packages"].endswith("nothing is removed")
    assert "removes" not in lines
