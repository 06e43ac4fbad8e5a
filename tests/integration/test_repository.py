"""What a repository offers counts as it was judged: what moves after that, or is not approved, stops a run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Koor, Server, inventory

OFFER = """
set -e
mkdir -p /root/made/DEBIAN /srv/repository
printf 'Package: NAME\\nVersion: VERSION\\nArchitecture: amd64\\nMaintainer: x <x@example>\\nDescription: x\\n' \\
    >/root/made/DEBIAN/control
dpkg-deb --root-owner-group --build /root/made /srv/repository/made.deb
cd /srv/repository
printf 'Filename: ./made.deb\\nSize: %s\\nSHA256: %s\\n' $(stat -c %s made.deb) \\
    $(sha256sum made.deb | cut -d' ' -f1) | cat /root/made/DEBIAN/control - >Packages
printf 'Label: LABEL\\nSuite: stable\\nCodename: CODENAME\\nDate: %s\\nSHA256:\\n %s %s Packages\\n' \\
    "$(date -Ru)" $(sha256sum Packages | cut -d' ' -f1) $(stat -c %s Packages) >Release
echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list.d/made.list
"""
"""A repository with one package, that the server's apt is told to trust."""
SIGN = """
set -e
apt-get update -qq && apt-get install -qq --no-install-recommends gpg gpg-agent >/dev/null
export GNUPGHOME=$(mktemp -d)
gpg --batch --quiet --passphrase '' --quick-gen-key made@example rsa3072 sign never
gpg --batch --quiet --export >/etc/apt/keyrings/made.gpg
gpg --batch --quiet --clearsign --output /srv/repository/InRelease /srv/repository/Release
rm -r "$GNUPGHOME"
echo 'deb [signed-by=/etc/apt/keyrings/made.gpg] file:/srv/repository ./' >/etc/apt/sources.list.d/made.list
"""
"""The same, signed by a key that the server's apt trusts for it."""
EMPTY_MIRROR = """
set -e
apt-get update -qq
mkdir -p /srv/mirror /srv/empty/partial
for list in $(apt-get indextargets --format '$(URI)' 'Created-By: Packages'); do
    top=${list%/main/binary-amd64/Packages}
    folder=/srv/mirror/dists/${top##*/dists/}
    mkdir -p $folder/main/binary-amd64
    /usr/lib/apt/apt-helper download-file $top/InRelease $folder/InRelease >/dev/null
    /usr/lib/apt/apt-helper download-file $list.xz $folder/main/binary-amd64/Packages.xz >/dev/null
    echo "deb [arch=amd64] file:/srv/mirror ${top##*/dists/} main"
done >/srv/mirror/sources.list
mv /etc/apt/sources.list /srv/sources.list
cp /srv/mirror/sources.list /etc/apt/sources.list
echo 'Dir::Cache::Archives "/srv/empty/";' >/etc/apt/apt.conf.d/99-made
"""
"""A mirror that passes on what Debian signed, and has none of the packages."""
AWAY = "rm -rf /etc/apt/sources.list.d/made.list /etc/apt/keyrings/made.gpg /srv/repository /root/made"


@pytest.fixture(scope="module", params=["debian12", "debian13"])
def server(request: pytest.FixtureRequest, server_factory: Callable[[str], Server]) -> Server:
    return server_factory(request.param)


@pytest.fixture(scope="module")
def install(koor: Koor, sample: Path, server: Server):
    reach = inventory(koor.home, ansible_connection="podman", ansible_host=server.name)
    case, key = sample / "cases" / "default-offer", sample / "keys" / "engineer-senior"

    def run(*more: str | Path, code: int = 0):
        return koor("install", case, "-i", reach, "--key", key, "--yes", *more, code=code)

    return run


@pytest.fixture
def offering(server: Server):
    """A repository that offers Apache, or another package, in another version as well."""

    def offer(version: str, name: str = "apache2", label: str = "Third Party", then: str = "") -> None:
        text = OFFER + then
        for word, value in (("NAME", name), ("VERSION", version), ("LABEL", label), ("CODENAME", codename(server))):
            text = text.replace(word, value)
        server.run("sh", stdin=text)

    yield offer
    server.run("sh", "-c", AWAY)


def codename(server: Server) -> str:
    return {"debian12": "bookworm", "debian13": "trixie"}[server.system]


def php(server: Server) -> str:
    """A package of the order that no version of a component is read from."""
    return {"debian12": "php8.2-cli", "debian13": "php8.4-cli"}[server.system]


def untouched(server: Server) -> bool:
    """Whether nothing of the order was installed."""
    return "php8" not in server.run("dpkg-query", "--show", "--showformat=${Package} ")


def test_plan_does_not_hold_when_the_repository_moved(install, offering, server: Server, koor: Koor) -> None:
    plan = koor.home / f"{server.system}.yml"
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


@pytest.mark.parametrize("label", ["Third Party", "Debian"])
def test_a_package_of_a_repository_that_nobody_signed_is_refused(install, offering, server: Server, label: str) -> None:
    """Whatever it calls itself: no component's version is read from that package, and it is another's all the same."""
    offering("1:9.0", php(server), label)
    said = " ".join(install(code=1).stderr.split())
    assert f"package '{php(server)}' 1:9.0 comes from '{label}' (file:/srv/repository ./ Packages)" in said
    assert "nobody signed" in said
    assert untouched(server)


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Third Party", "which is not the system's own repository, and not approved for it"),
        ("Debian", "which is not signed by the system's own keys, whatever it is called"),
    ],
)
def test_a_package_that_another_key_vouches_for_is_refused(
    install, offering, server: Server, label: str, reason: str
) -> None:
    offering("1:9.0", php(server), label, SIGN)
    said = " ".join(install(code=1).stderr.split())
    assert f"package '{php(server)}' 1:9.0 comes from '{label}' (file:/srv/repository ./ Packages), {reason}" in said
    assert untouched(server)


def test_a_dependency_of_another_repository_is_refused_too(install, offering, server: Server) -> None:
    offering("99:1", "libonig5")
    said = " ".join(install(code=1).stderr.split())
    assert "99:1 comes from 'Third Party'" in said
    assert untouched(server)


def test_packages_that_vanished_from_a_mirror_stop_the_run_and_the_next_one_finishes(install, server: Server) -> None:
    """A mirror passes on what Debian signed, so it is as good; what it has not, nothing else is taken in place of."""
    server.run("sh", stdin=EMPTY_MIRROR.replace("CODENAME", codename(server)))
    said = install(code=3).stderr
    assert "apt-get failed" in said
    server.run("sh", "-c", "mv /srv/sources.list /etc/apt/sources.list; rm -r /srv/mirror /etc/apt/apt.conf.d/99-made")
    assert "installed and verified" in install().stdout
