"""What is read of apt's announcement, as apt of Debian 12 and 13 writes it."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koor_provision.preflight import announced_probe

SAID = """\
Reading package lists...
Building dependency tree...
openssl is already the newest version (3.0.22-1~deb12u2).
The following additional packages will be installed:
   mariadb-common (1:10.11.19-0+deb12u1)
   libssl3:i386 (3.0.22-1~deb12u2)
Suggested packages:
   quota (4.09-1+b1)
   libmemcached
Recommended packages:
   libsasl2-modules (2.1.28+dfsg1-9)
The following NEW packages will be installed:
   adduser (3.152)
   mariadb-common (1:10.11.19-0+deb12u1)
The following packages will be upgraded:
   libssl3 (3.0.21-1 => 3.0.22-1~deb12u2)
1 upgraded, 2 newly installed, 0 to remove and 3 not upgraded.
Need to get 1294 kB of archives.
After this operation, 3146 kB of additional disk space will be used.
'http://mirror.example/pool/a/adduser_3.152_all.deb' adduser_3.152_all.deb 190932 MD5Sum:3e2a
'http://mirror.example/o/libssl3_3.0.22-1%7edeb12u2_amd64.deb' libssl3_3.0.22-1~deb12u2_amd64.deb 182984 
'http://mirror.example/m/mariadb-common_10.deb' mariadb-common_1%3a10.11.19-0+deb12u1_all.deb 1 SHA256:ab
"""  # noqa: W291  # apt leaves a space where it has no sum
CHANGES = {
    "adduser": (None, "3.152", "all"),
    "mariadb-common": (None, "1:10.11.19-0+deb12u1", "all"),
    "libssl3": ("3.0.21-1", "3.0.22-1~deb12u2", "amd64"),
}


def test_what_apt_announces_is_read() -> None:
    changes = announced_probe.read(SAID)
    assert changes is not None
    assert {one["name"]: (one["old_version"], one["version"], one["architecture"]) for one in changes} == CHANGES


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("   adduser (3.152)\n", ""),
        ("   adduser (3.152)\n", "   adduser (3.152)\n   hello (2)\n"),
        ("   adduser (3.152)\n", "   adduser (3.152) [Label]\n"),
        ("   adduser (3.152)\n", "   adduser (3.151 => 3.152)\n"),
        ("3.0.21-1 => 3.0.22-1~deb12u2", "3.0.22-1~deb12u2"),
        ("2 newly", "3 newly"),
        ("0 to remove", "1 to remove"),
        ("2 newly installed, ", "2 newly installed, 1 reinstalled, "),
        ("The following packages will be upgraded:", "The following packages will be DOWNGRADED:"),
        ("1 upgraded, ", "The following packages will be REMOVED:\n   hello (2)\n1 upgraded, "),
        ("1 upgraded, ", "The following held packages will be changed:\n   hello (1 => 2)\n1 upgraded, "),
        ("adduser_3.152_all.deb 190932", "adduser_3.153_all.deb 190932"),
        ("adduser_3.152_all.deb 190932", "add_user_3.152_all.deb 190932"),
        ("'http://mirror.example/pool", "http://mirror.example/pool"),
        ("1 upgraded, 2 newly installed, 0 to remove and 3 not upgraded.\n", ""),
        (SAID, ""),
    ],
)
def test_what_does_not_agree_is_left_to_the_simulation(written: str, instead: str) -> None:
    assert announced_probe.read(SAID) is not None
    assert written in SAID
    assert announced_probe.read(SAID.replace(written, instead)) is None


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"))).map("\n ".join))
def test_no_address_of_a_repository_hides_a_package_or_makes_one_up(address: str) -> None:
    """A repository gives the address; a field of several lines has a space in front of each further one."""
    changes = announced_probe.read(SAID.replace("http://mirror.example/pool", f"http://mirror.example/{address}"))
    if changes is not None:
        assert {one["name"]: (one["old_version"], one["version"], one["architecture"]) for one in changes} == CHANGES


class Probe:
    """The look that it is a part of, on a server that gives one answer."""

    def __init__(self, code: int, said: str) -> None:
        self.code, self.said = code, said
        self.asked: list[str] = []

    def run(self, command: list[str], apt_config: str) -> "subprocess.CompletedProcess[str]":
        assert apt_config.endswith("/apt.conf")
        self.asked = command
        return subprocess.CompletedProcess(command, self.code, self.said, "E: no")

    def simulated(self, packages: list[str], config: str) -> tuple[list[dict[str, str]], list[str], str]:
        return [], ["hello"], f"{packages} {config}"


@pytest.mark.parametrize(("code", "said"), [(100, SAID), (0, ""), (0, SAID.replace("0 to remove", "1 to remove"))])
def test_the_simulation_tells_what_the_announcement_does_not(tmp_path, code: int, said: str) -> None:
    config = str(tmp_path / "apt.conf")
    assert announced_probe.planned(Probe(code, said), ["a"], config) == ([], ["hello"], f"['a'] {config}")


def test_nothing_of_the_system_is_written(tmp_path) -> None:
    probe = Probe(0, SAID)
    changes, removals, trouble = announced_probe.planned(probe, ["adduser"], str(tmp_path / "apt.conf"))
    assert (len(changes), removals, trouble) == (3, [], "")
    given_options = {word.partition("=")[0]: word.partition("=")[2] for word in probe.asked if "=" in word}
    assert {*given_options} == {"Dir::Cache::archives", "Dir::State::extended_states"}
    assert all(place.startswith(str(tmp_path)) for place in given_options.values())
    assert "--print-uris" in probe.asked
