"""What is on a server beside the order, by the packages of our contracts."""

from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.there_before import known_by, there_before

SCOPES = load_scopes(share() / "roles")


def test_what_works_by_itself_is_known_by_the_package_of_its_version() -> None:
    packages = known_by(SCOPES, ["php", "nginx", "mariadb"])
    assert {"postgresql-15", "redis-server", "apache2"} <= set(packages["debian12"])
    assert "postgresql-17" in packages["debian13"]


def test_what_is_ordered_or_goes_is_not_asked_for() -> None:
    packages = known_by(SCOPES, ["postgresql", "redis"])
    assert not {"postgresql-15", "redis-server"} & set(packages["debian12"])
    assert there_before(SCOPES, ["postgresql"], "debian12", ["postgresql-15", "redis-server"]) == ("redis",)


def test_tools_that_write_nothing_are_nobodys_concern() -> None:
    assert "poppler-utils" not in known_by(SCOPES, [])["debian12"]
    assert there_before(SCOPES, [], "debian12", ["poppler-utils", "sudo"]) == ()


def test_packages_of_another_system_say_nothing() -> None:
    assert there_before(SCOPES, [], "debian13", ["postgresql-15"]) == ()
