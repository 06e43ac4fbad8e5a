import os
import time

import pytest


@pytest.fixture
def packages(load):
    return load("packages")


def status(*lines: tuple[str, ...]) -> str:
    return "".join("\t".join(line) + "\n" for line in lines)


def test_only_fully_installed_packages_count(packages):
    text = status(
        ("apache2", "amd64", "ii ", "2.4.62-1"),
        ("held", "amd64", "hi ", "1.0"),
        ("half-configured", "amd64", "iF ", "1.0"),
        ("removed", "amd64", "rc ", "1.0"),
        ("broken", "amd64", "iiR", "1.0"),
        ("unknown", "", "un ", ""),
    )
    names = {name for name in packages.parse_status(text) if ":" not in name}
    assert names == {"apache2", "held"}


@pytest.mark.parametrize(
    ("state", "torn"),
    [
        *((fine, False) for fine in ("ii ", "hi ", "rc ", "un ")),
        *((torn, True) for torn in ("iU ", "iF ", "iHR", "it ", "iW ")),
    ],
)
def test_what_the_package_manager_was_torn_from_is_known(packages, state, torn):
    assert packages.unfinished(status(("apache2", "amd64", state, "2.4"))) == ["apache2"] * torn


def test_a_package_is_known_with_and_without_its_architecture(packages):
    versions = packages.parse_status(status(("libc6", "amd64", "ii ", "2.36")))
    assert versions == {"libc6": "2.36", "libc6:amd64": "2.36"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["apache2"], []),
        (["apache2=2.4"], []),
        (["apache2=2.5"], ["apache2=2.5"]),
        (["nginx"], ["nginx"]),
        (["nginx=1.22", "apache2"], ["nginx=1.22"]),
    ],
)
def test_missing_is_what_is_absent_or_in_another_version(packages, names, expected):
    assert packages.missing(names, {"apache2": "2.4"}) == expected


def test_differences_tell_new_from_upgraded(packages):
    before = {"libssl3": "3.0.1", "libssl3:amd64": "3.0.1", "same": "1"}
    after = {"libssl3": "3.0.2", "libssl3:amd64": "3.0.2", "same": "1", "apache2": "2.4"}
    installed, upgraded = packages.differences(before, after)
    assert installed == [{"name": "apache2", "version": "2.4", "old_version": ""}]
    assert upgraded == [{"name": "libssl3", "version": "3.0.2", "old_version": "3.0.1"}]


def test_a_simulation_is_read_with_and_without_old_versions(packages):
    text = (
        "Inst libssl3 [3.0.1-1] (3.0.2-1 Debian:12/stable [amd64])\n"
        "Inst apache2 (2.4.62-1 Debian:12/stable [amd64]) []\n"
        "Conf apache2 (2.4.62-1 Debian:12/stable [amd64])\n"
    )
    assert packages.parse_simulation(text) == {"libssl3": "3.0.2-1", "apache2": "2.4.62-1"}


def test_lists_are_stale_when_missing_empty_or_old(packages, tmp_path):
    now = time.time()
    assert packages.lists_are_stale(tmp_path / "none", 3600, now)
    assert packages.lists_are_stale(tmp_path, 3600, now), "an empty directory is new, and holds no list"
    (tmp_path / "deb.example_dists_bookworm_InRelease").touch()
    assert not packages.lists_are_stale(tmp_path, 3600, now)
    os.utime(tmp_path, (now - 7200, now - 7200))
    assert packages.lists_are_stale(tmp_path, 3600, now)


@pytest.mark.parametrize(
    "name", ["php8.2-fpm", "libstdc++6", "libc6:amd64", "php8.2-fpm=8.2.30-1~deb12u1", "a2=1:2.0+b~1"]
)
def test_package_names_pass(packages, name):
    assert packages.NAME.fullmatch(name)


@pytest.mark.parametrize(
    "name", ["", "x", "-o=Dpkg::x", "Apache2", "a b", "apache2;id", "apache2=", "apache2/stable", "apache2-\n"]
)
def test_what_apt_could_take_for_something_else_does_not_pass(packages, name):
    assert not packages.NAME.fullmatch(name)
