"""Molecule's scenarios, and which files each of them reads: what a change can affect follows from that.

What a scenario reads is worked out from its own files: the playbooks of its steps, the roles that these name, the
plugins that the roles call, the tests of its verifier, and so on from file to file. Where a name is made up by a
template, everything that it could be counts.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from koor_provision.errors import InputError
from koor_provision.load.files import require_folder
from koor_provision.roletest.mentions import Mentions, every_role

CONFIG = ".config/molecule/config.yml"
ALWAYS = (
    ".config/molecule/",
    "src/koor_provision/collections/ansible_collections/koor/provision/plugins/strategy/",
    "playbooks/verify/koor_verify.py",
    "playbooks/verify/target_tools.py",
    "pyproject.toml",
    "requirements/",
    "script/lib.sh",
    "script/testhost",
)
"""What all scenarios rest on: their shared settings, the servers, the versions of the tools."""


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    Attributes:
        systems: those that it has a server for.
        roles: every role that it runs.
        reads: paths from the root; one that ends in a slash is a folder with everything below it.
    """

    name: str
    systems: tuple[str, ...]
    roles: frozenset[str]
    reads: frozenset[str]

    def affected_by(self, path: str) -> bool:
        """Whether a changed file can change how the scenario ends."""
        return any(path == one or (one.endswith("/") and path.startswith(one)) for one in self.reads)


def scenarios(root: Path, fallback: Path | None = None) -> tuple[Scenario, ...]:
    """Every scenario in molecule/, by name.

    Args:
        root: holds roles/ and molecule/.
        fallback: has the settings that all scenarios share, where `root` has none.

    Raises:
        InputError: there are none, or one cannot be read.
    """
    folder = require_folder(root / "molecule", "name the folder that holds roles/ and molecule/")
    shared = tree(next((one / CONFIG for one in (root, fallback) if one and (one / CONFIG).exists()), root / CONFIG))
    return tuple(_scenario(root, file.parent.name, shared) for file in sorted(folder.glob("*/molecule.yml")))


def tree(file: Path) -> dict[str, Any]:
    """A file of Molecule's.

    Raises:
        InputError: it is not there, or no mapping in YAML.
    """
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(file), hint="see molecule/ for how one looks") from error
    if not isinstance(data, dict):
        raise InputError("is no mapping", where=str(file), hint="see molecule/ for how one looks")
    return data


def _scenario(root: Path, name: str, shared: Mapping[str, Any]) -> Scenario:
    own = tree(root / "molecule" / name / "molecule.yml")
    found = Mentions(root, _components(root, own))
    found.paths |= set(ALWAYS)
    found.path(f"molecule/{name}/")
    for playbook in _playbooks(own, shared, name):
        found.text(playbook, f"molecule/{name}/")
    for folder in _tests(own):
        found.text(folder, f"molecule/{name}/")
    platforms = own.get("platforms", [])
    systems = tuple(dict.fromkeys(str(platform["system"]) for platform in platforms))
    return Scenario(name, systems, frozenset(found.roles), frozenset(found.paths))


def _playbooks(own: Mapping[str, Any], shared: Mapping[str, Any], name: str) -> Iterator[str]:
    """The playbook of each step: the scenario's own, or the one that all share."""
    named = _section(shared, "ansible", "playbooks") | _section(own, "ansible", "playbooks")
    steps = _section(own, "scenario").get("test_sequence") or _section(shared, "scenario").get("test_sequence", [])
    for step in steps:
        playbook = "converge" if step in {"check", "idempotence"} else step
        yield named.get(playbook, f"molecule/{name}/{playbook}.yml")


def _tests(own: Mapping[str, Any]) -> Iterator[str]:
    verifier = _section(own, "verifier")
    yield str(verifier.get("directory", ""))
    yield from map(str, verifier.get("additional_files_or_dirs", []))


def _components(root: Path, own: Mapping[str, Any]) -> frozenset[str]:
    """The roles that the scenario's variables name: those that a name made up by a template can be."""
    words = re.findall(r"\w+", json.dumps(_section(own, "provisioner", "inventory")))
    return every_role(root) & frozenset(words)


def _section(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        data = data.get(key) or {}
    return dict(data)
