"""What systems offer today, asked on fresh servers with the package sources of each."""

import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import RootModel

from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.models.base import Slug
from koor_provision.models.scope import Scope
from koor_provision.models.software import System, VersionText
from koor_provision.roletest.programs import Servers
from koor_provision.roletest.session import copies

_POLICY = re.compile(r"^(?P<package>[a-z0-9.+-]+):\n(?:  .*\n)*?  Candidate: (?P<version>\S+)$", re.MULTILINE)

Offers = dict[System, dict[str, str]]
"""By system and component: the version that an installation would bring. One that is not offered is left out."""


def version_packages(scopes: Mapping[str, Scope], system: System) -> dict[str, str]:
    """The package that names each component's version on a system."""
    found = {name: scope.systems[system].version_package for name, scope in scopes.items() if system in scope.systems}
    return {name: package for name, package in found.items() if package}


def offered(root: Path, collections: Path, scopes: Mapping[str, Scope], systems: Iterable[System]) -> Offers:
    """Ask every system.

    Raises:
        RunError: a server does not start, or its package sources cannot be reached.
    """
    answers: Offers = {}
    with copies(root, root, collections, ["files"]) as copied:
        servers = Servers(copied["files"])
        servers.use(servers.prepare())
        for system in systems:
            wanted = version_packages(scopes, system)
            name = f"koor-offers-{system}-{secrets.token_hex(3)}"
            try:
                servers.up(name, system)
                ask = "apt-get update -qq >/dev/null && LC_ALL=C apt-cache policy "
                candidates = parse(servers.ask(name, ask + " ".join(sorted(set(wanted.values())))))
            finally:
                servers.down(name)
            answers[system] = {one: candidates[package] for one, package in wanted.items() if package in candidates}
    return answers


def parse(policy: str) -> dict[str, str]:
    """What `apt-cache policy` names as candidate of each package."""
    found = {match["package"]: match["version"] for match in _POLICY.finditer(policy)}
    return {package: version for package, version in found.items() if version != "(none)"}


class _Offers(RootModel[dict[System, dict[Slug, VersionText]]]):
    """A file of offers."""


def read_offers(content: Content) -> Offers:
    """What somebody else asked.

    Raises:
        InputError: it is malformed.
    """
    return to_model(content, _Offers).root
