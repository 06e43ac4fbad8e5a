"""What a repository offers counts as it was judged: what moves after that, or is not approved, stops a run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Koor, Server, inventory

OFFER = """
set -e
mkdir -p /root/made/DEBIAN /srv/repository
printf 'Package: apache2\\nVersion: VERSION\\nArchitecture: amd64\\nMaintainer: x <x@example>\\nDescription: x\\n' \\
    >/root/made/DEBIAN/control
dpkg-deb --root-owner-group --build /root/made /srv/repository/apache2.deb
cd /srv/repository
printf 'Filename: ./apache2.deb\\nSize: %s\\nSHA256: %s\\n' $(stat -c %s apache2.deb) \\
    $(sha256sum apache2.deb | cut -d' ' -f1) | cat /root/made/DEBIAN/control - >Packages
echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list.d/made.list
"""


@pytest.fixture(scope="module")
def server(server_factory: Callable[[str], Server]) -> Server:
    return server_factory("debian12")


@pytest.fixture(scope="module")
def install(koor: Koor, sample: Path, server: Server):
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    case, key = sample / "cases" / "default-offer", sample / "keys" / "engineer-senior"

    def run(*more: str | Path, code: int = 0):
        return koor("install", case, "-i", reach, "--key", key, "--yes", *more, code=code)

    return run


@pytest.fixture
def offering(server: Server):
    """A repository that offers Apache in another version as well."""
    yield lambda version: server.run("sh", stdin=OFFER.replace("VERSION", version))
    server.run("rm", "-rf", "/etc/apt/sources.list.d/made.list", "/srv/repository", "/root/made")


def untouched(server: Server) -> bool:
    """Whether nothing of the order was installed."""
    return "php8.2" not in server.run("dpkg-query", "--show", "--showformat=${Package} ")


def test_plan_does_not_hold_when_the_repository_moved(install, offering, server: Server, koor: Koor) -> None:
    plan = koor.home / "plan.yml"
    install("--dry-run", "--plan", plan)
    offering("2.4.99-1")
    said = install("--plan", plan, code=1).stderr
    assert "packages" in said
    assert untouched(server)


def test_version_outside_of_what_is_approved_is_refused_before_anything_is_changed(
    install, offering, server: Server
) -> None:
    offering("9.0-1")
    said = install(code=1).stderr
    assert "R9" in said
    assert "9.0" in said
    assert untouched(server)


def test_package_that_vanished_stops_the_run_and_the_next_one_finishes(install, offering, server: Server) -> None:
    """Its list is there and it is not: what was judged cannot be had, and nothing else is taken in its place."""
    offering("2.4.99-1")
    server.run("sh", "-c", "rm /srv/repository/*.deb")
    said = install(code=3).stderr
    assert "apt-get failed" in said
    server.run("rm", "/etc/apt/sources.list.d/made.list")
    assert "installed and verified" in install().stdout
