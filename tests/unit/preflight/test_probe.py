"""What the probe reads from the words of apt and dpkg."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koor_provision.preflight import leaving_probe, probe

WANTED, GOING = {"debian12": ["php-cli"]}, {"debian12": ["redis-server", "redis-tools"]}


def test_what_an_earlier_run_left_half_installed_is_part_of_this_one(target) -> None:
    server = target(
        "php-cli 8.2 unpacked\n",
        "php-cli\n  Depends: libc6\n |Depends: a\n  Depends: b\n    c\n<virtual>\nlibpcre\nlibc-bin\n",
        "libpcre:\n  Candidate: 10.1\nlibc-bin:\n  Candidate: 2.36\nphp-cli:\n  Candidate: 8.2\n",
        "Inst libpcre (10.1 D:12 [amd64])\nConf libpcre (10.1 D:12 [amd64])\nConf php-cli (8.2 D:12 [all])\n",
    )
    server.torn = (
        "php-cli unpacked\nlibpcre half-installed\nlibc-bin triggers-pending\nfine installed\ngone config-files\n"
    )
    facts = probe.look(WANTED, "t")
    assert (facts["trouble"], facts["unfinished"]) == ("", ["libc-bin", "libpcre", "php-cli"])
    assert [(one["name"], one["version"], one["old_version"]) for one in facts["changes"]] == [
        ("libpcre", "10.1", None),
        ("php-cli", "8.2", None),
    ]
    assert [command[-3:] for command in server.asked if "--simulate" in command] == [["libc-bin", "libpcre", "php-cli"]]


def test_what_others_left_half_installed_is_theirs_to_finish(target) -> None:
    server = target("php-cli 8.2 installed\n", "php-cli\n  Depends: libc6\nlibc6\n")
    server.torn = "customers-shop half-configured\nlibc-bin triggers-pending\n"
    assert probe.look(WANTED, "t")["trouble"] == "not fully installed, and not of this order: customers-shop"


def test_a_package_manager_at_work_is_not_asked(target, monkeypatch) -> None:
    server = target("php-cli 8.2 installed\n")
    monkeypatch.setattr(probe, "at_work", lambda: True)
    assert probe.look(WANTED, "t")["busy"]
    assert leaving_probe.look(probe, WANTED, GOING, [], "remove")["busy"]
    assert server.asked == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Inst php-common (2:93 Debian:12.11/stable [all])", ("php-common", "2:93", None, "all")),
        (
            "Inst libc6:i386 [2.36-9] (2.36-10 Debian:12/stable, Security:12 [i386]) []",
            ("libc6", "2.36-10", "2.36-9", "i386"),
        ),
        ("Inst odd (1 from nowhere)", ("odd", "1", None, None)),
    ],
)
def test_what_apt_says_of_a_package_is_read(line: str, found: tuple[str, str, str | None, str | None]) -> None:
    (change,), _ = probe.planned_changes(f"{line}\nConf {line.split()[1]} (1 from nowhere)\n")
    assert change == dict(zip(("name", "version", "old_version", "architecture"), found, strict=True))


def test_what_is_only_set_up_is_fetched_from_nowhere() -> None:
    (fetched, unpacked), _ = probe.planned_changes(
        "Inst php-cli (8.2 Debian:12/stable [amd64])\nConf php-cli (8.2 Debian:12/stable [amd64])\n"
        "Conf php-common (8.2 Debian:12/stable [all])\n"
    )
    assert "unpacked" not in fetched
    assert unpacked["unpacked"]


@pytest.mark.parametrize("line", ["Inst odd", "Inst odd [1]", "Inst (1 Debian)", "Inst odd (1"])
def test_a_package_that_nobody_can_read_stops_the_plan(target, line: str) -> None:
    """Else apt would install it beside what was planned."""
    target("", "php-cli:\n  Candidate: 8.2\n", f"Inst php-cli (8.2 Debian:12/stable [all])\n{line}\n")
    assert probe.look(WANTED, "t")["trouble"].endswith(line)


@given(label=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"))).map("\n ".join))
def test_no_label_of_a_repository_hides_a_package_or_makes_one_up(label: str) -> None:
    said = f"Inst php-cli (8.2 {label}:12/stable [amd64])\nConf php-cli (8.2 {label}:12/stable [amd64])\n"
    (change,), removals = probe.planned_changes(said)
    assert (change["name"], change["version"], removals) == ("php-cli", "8.2", [])
    assert not probe.refusal(subprocess.CompletedProcess([], 0, said, ""))


def test_what_a_program_says_is_read_as_it_is() -> None:
    """A carriage return ends no line: a repository could begin one of its own with it."""
    assert probe.run(["printf", r"a\rInst b\n"]).stdout == "a\rInst b\n"


def test_nothing_that_is_there_asks_nothing(target) -> None:
    server = target("")
    assert probe.architectures([]) == {}
    assert server.asked == []
