"""A copy of the roles and scenarios to test in, for one system: what was tested is what has these digests.

Nothing is run in the checkout itself. Each copy's scenarios have servers of one system only, whose names nobody else
uses, so that two people can test on one machine at the same time.
"""

import hashlib
import shutil
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from koor_provision.load.resources import share
from koor_provision.roletest.mentions import COLLECTION
from koor_provision.roletest.scenarios import tree

_PARTS = ("roles", "playbooks", "molecule", ".config/molecule", "script/testhost", "script/lib.sh", "script/lint_rules",
          ".ansible-lint", ".yamllint", "tests/application")  # fmt: skip
"""The last is the application that stands in for the real one, in our own checkout."""
_BROUGHT = ("molecule/shared", "playbooks/verify", "roles/packages", "roles/removal")
"""What scenarios and roles of somebody else rest on as well; it comes with koor-provision where they have none."""
_LITTER = ("__pycache__", "*.pyc", ".ansible", ".pytest_cache")
_LEFT_OUT = shutil.ignore_patterns(*_LITTER)
_COLLECTIONS = "src/koor_provision/collections"


def lay_out(root: Path, fallback: Path, collections: Path, target: Path) -> None:
    """Copy everything that a test needs.

    Args:
        root: holds roles/, playbooks/ and molecule/.
        fallback: what travels with koor-provision, for the parts that `root` does not have.
        collections: our own collection's place.
    """
    for part in (*_PARTS, *_BROUGHT):
        source = next((one / part for one in (root, fallback) if (one / part).exists()), None)
        if source is None or (target / part).exists():
            continue
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=_LEFT_OUT)
        else:
            shutil.copy2(source, target / part)
    own = root / _COLLECTIONS
    shutil.copytree(own if own.is_dir() else collections, target / _COLLECTIONS, ignore=_LEFT_OUT)


def only_on(work: Path, scenario: str, system: str, token: str) -> tuple[str, ...]:
    """Leave a scenario the servers of one system, under names of this run; returns the names."""
    file = work / "molecule" / scenario / "molecule.yml"
    data = tree(file)
    names = {one["name"]: f"{one['name']}-{token}" for one in data["platforms"] if one["system"] == system}
    data["platforms"] = [
        {**one, "name": names[one["name"]]} for one in data["platforms"] if one["name"] in names
    ]  # fmt: skip
    options = data.get("verifier", {}).get("options", {})
    if "hosts" in options:
        wanted = str(options["hosts"]).split(",")
        options["hosts"] = ",".join(names[name] for name in wanted if name in names)
    _write(file, data)
    return tuple(names.values())


def record_packages(work: Path, scenario: str, file: Path) -> None:
    """Have a scenario write down every installed package before it is verified: of a failure the version counts too."""
    playbook = work / "molecule" / scenario / "installed.yml"
    _write(playbook, [_installed(file)])
    place = work / "molecule" / scenario / "molecule.yml"
    data, shared = tree(place), tree(work / ".config/molecule/config.yml")
    steps = (data.get("scenario") or {}).get("test_sequence") or shared["scenario"]["test_sequence"]
    at = steps.index("verify")
    # Molecule takes the playbook of a side effect after its name.
    data.setdefault("scenario", {})["test_sequence"] = [*steps[:at], f"side_effect {playbook.name}", *steps[at:]]
    _write(place, data)


def _installed(file: Path) -> dict[str, Any]:
    ask = ["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev} ${Package} ${Version}\\n"]
    return {
        "name": "Write down what is installed",
        "hosts": "targets",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Ask dpkg",
                "ansible.builtin.command": {"argv": ask},
                "changed_when": False,
                "register": "installed",
            },
            {
                "name": "Keep its answer",
                "ansible.builtin.copy": {"content": "{{ installed.stdout }}", "dest": str(file), "mode": "0600"},
                "delegate_to": "localhost",
                "vars": {"ansible_connection": "local"},
                "changed_when": False,
            },
        ],
    }


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and digests of a folder's files, as `sha256sum` would list them in the order of names.

    What programs leave behind where they ran counts as little as it is copied.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and not _litter(path)]
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  ./{file.relative_to(folder).as_posix()}\n" for file in files
    ]
    return hashlib.sha256("".join(sorted(lines, key=lambda line: line[66:].encode())).encode()).hexdigest()


def present_roles() -> dict[str, str]:
    """The digest of each role that we have, by the name that a record gives it."""
    return {f"roles/{one.name}": digest_of(one) for one in (share() / "roles").iterdir() if one.is_dir()}


def _litter(path: Path) -> bool:
    return any(fnmatch(part, pattern) for part in path.parts for pattern in _LITTER)


def digests(work: Path, roles: Sequence[str]) -> dict[str, str]:
    """The digests of what a test rests on: each role, our collection, and the scenarios' shared parts."""
    parts = {**{f"roles/{name}": work / "roles" / name for name in roles}, "collection": work / COLLECTION}
    return {name: digest_of(folder) for name, folder in sorted(parts.items())}


def _write(file: Path, data: object) -> None:
    file.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
