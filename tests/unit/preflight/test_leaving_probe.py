"""What the look before a removal reads from the words of apt and dpkg."""

from koor_provision.preflight import leaving_probe, probe

WANTED, GOING = {"debian12": ["php-cli"]}, {"debian12": ["redis-server", "redis-tools"]}


def test_only_what_becomes_useless_by_it_is_an_orphan(target) -> None:
    alone = "Remv redis-server [7.0]\nRemv redis-tools [7.0]\nRemv customers-shop [1]\n"
    useless = "Remv useless-before [3]\n"
    server = target(
        "redis-server 7.0 installed\nredis-tools 7.0 installed\n",
        alone,
        useless,
        f"{alone}Remv liblzf1 [3.6]\n{useless}",
    )
    facts = leaving_probe.look(probe, WANTED, GOING, [], "remove")
    assert facts["removals"] == ["customers-shop", "redis-server", "redis-tools"]
    assert facts["orphans"] == ["liblzf1"]
    assert facts["installed"]["liblzf1"] == "3.6"
    simulations = [command for command in server.asked if command[0] == "apt-get"]
    assert all("--simulate" in command for command in simulations)
    assert all("APT::Get::Purge=false" in command for command in simulations)


def test_purge_takes_what_an_earlier_removal_left(target) -> None:
    left = "redis-server 7.0 config-files\nredis-tools  not-installed\n"
    target(left, "Purg redis-server\n", "", "Purg redis-server\n")
    facts = leaving_probe.look(probe, WANTED, GOING, [], "purge")
    assert (facts["removals"], facts["orphans"]) == (["redis-server"], [])
    assert facts["installed"]["redis-server"] == "7.0"


def test_nothing_there_asks_apt_nothing(target) -> None:
    server = target("redis-server 7.0 config-files\n")
    facts = leaving_probe.look(probe, WANTED, GOING, [], "remove")
    assert "removals" not in facts
    assert {command[0] for command in server.asked} == {"dpkg-query"}


def test_what_apt_would_bring_in_is_told(target) -> None:
    target(
        "redis-server 7.0 installed\n",
        "Inst valkey (8.1 Debian:13 [amd64])\nRemv redis-server [7.0]\n",
        "",
        "Remv redis-server [7.0]\n",
    )
    facts = leaving_probe.look(probe, WANTED, GOING, [], "remove")
    valkey = {"name": "valkey", "version": "8.1", "old_version": None, "architecture": "amd64"}
    assert facts["changes"] == [valkey]
    assert facts["architectures"] == {"redis-server": "amd64"}


def test_paths_are_named_as_the_contract_writes_them(target, tmp_path) -> None:
    (tmp_path / "8.2").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    target("")
    paths = [f"{tmp_path}/*/", f"{tmp_path}/dangling", f"{tmp_path}/none"]
    assert leaving_probe.look(probe, WANTED, GOING, paths, "remove")["present"] == paths[:2]


def test_another_system_is_not_looked_at(target) -> None:
    server = target("")
    assert leaving_probe.look(probe, {"debian13": []}, GOING, [], "remove") == {"system": "debian12", "root": True}
    assert server.asked == []
