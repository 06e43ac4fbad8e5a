"""A plan that undoes a run at the terminal: what goes and what comes back, and what nothing brings back."""

import click
from tests.world import SCOPES, World

from koor_provision.report.plan import plan_text

RUN = "00112233aabbccdd"


def shown(world: World) -> dict[str, str]:
    lines = click.unstyle(plan_text(world.proposal().plan, SCOPES, "by ssh", width=4000)).splitlines()
    return {line[:13].strip(): line[13:] for line in lines[1:]}


def test_what_goes_and_what_comes_back(world: World) -> None:
    world.ask_for_undo({"run": RUN, "discard": "true"})
    world.trees["plan"]["undo"]["packages"][0]["component"] = "apache"
    lines = shown(world)
    assert lines["undoes"] == f"run {RUN}"
    assert lines["packages"] == "apache2 2.4.65-1~deb12u1"
    assert lines["unneeded"].startswith("libaprutil1, mariadb-server, ")
    assert lines["restores"] == "/etc/mailcap"
    assert lines["deletes"] == "/etc/apache2/, /etc/php/, /var/www/koor/, /var/log/apache2/"
    assert lines["DATA"] == "/var/lib/mysql/: 5 files, 2 MB, made or changed since the run"
    assert lines["accounts"] == "mysql; of those, which own or run something then stay"
    assert lines["stops"] == "apache2.service, mariadb.service"
    assert (lines["starts"], lines["restarts"]) == ("nothing", "nothing")
    assert "CHANGED" not in lines


def test_of_very_many_paths_some_are_shown(world: World) -> None:
    world.ask_for_undo({"run": RUN})
    world.trees["plan"]["undo"]["restored"] = [f"/etc/x/{number}" for number in range(100)]
    assert shown(world)["restores"].endswith("/etc/x/39 and 60 more (see the plan)")


def test_names_of_files_do_not_steer_the_terminal(world: World) -> None:
    world.ask_for_undo({"run": RUN})
    world.trees["plan"]["undo"] |= {"changed": ["/etc/\u202ex"], "upgraded": ["libc6"]}
    lines = shown(world)
    assert "\u202e" not in lines["CHANGED"]
    assert lines["stay newer"] == "libc6"


def test_an_installation_says_where_what_it_changes_is_kept(world: World) -> None:
    assert "kept" not in shown(world)
    world.trees["plan"]["keeps"] = f"/var/lib/koor-provision/undo/{RUN}/"
    assert shown(world)["kept"].startswith(f"/var/lib/koor-provision/undo/{RUN}/, for root")
