"""The other direction: what a contract allows, and nothing in the role explains. A dead permission is a warning."""

import re

from koor_provision.models.scope import Scope
from koor_provision.rolelint.contract import Contract, covered
from koor_provision.rolelint.modules import table

_WORD = re.compile(r"[a-z]+")
_SHORTEST = 3


def unused(scope: Scope, contract: Contract, used: set[tuple[str, str]], called: set[str]) -> list[tuple[str, str]]:
    """Entries that no task, no template and no package explains, each with its heading.

    Args:
        used: kinds and names that the role was seen to touch.
        called: the modules that it uses.
    """
    here = scope.systems[contract.system]  # type: ignore[index]
    packages = {name for kind, name in used if kind == "package"}
    units = {name for kind, name in used if kind == "service"}
    paths = [name for kind, name in used if kind in {"path", "tree", "folder"}]
    paths += [one for name in called if (module := table().get(name)) for one in module.explains]
    stems = _stems({scope.component, *here.every_package, *scope.users, *here.services})
    found = [("packages", name) for name in sorted(here.every_package - packages)]
    found += [
        ("services", name) for name in here.services
        if name not in units and not any(path.endswith(f"/{name}") for path in paths)
    ]  # fmt: skip
    leaving = (*scope.removal.files, *scope.removal.data)
    found += [
        ("paths", entry) for entry in scope.paths
        if entry not in leaving
        and not any(covered(path, [entry]) or covered(f"{path.rstrip('/')}/", [entry]) for path in paths)
        and not any(covered(entry, [path]) for path in paths if path.endswith("/"))
        and not _mentions(entry, stems)
    ]  # fmt: skip
    settings = {name for kind, name in used if kind == "setting"}
    found += [("settings", name) for name in scope.settings if name not in settings]
    if not here.every_package:  # packages make accounts and open ports; without any nobody does
        accounts = {name for kind, name in used if kind in {"user", "group", "owner"}}
        found += [("users", name) for name in scope.users if name not in accounts]
        found += [("groups", name) for name in scope.groups if name not in accounts]
        found += [("ports", name) for name in scope.ports]
    return found


def _stems(names: set[str]) -> set[str]:
    """The first words of names: `php` of php8.2-fpm, `redis` of redis-server."""
    return {word for name in names for word in _WORD.findall(name.lower()) if len(word) >= _SHORTEST}


def _mentions(path: str, stems: set[str]) -> bool:
    """Whether a part of a path bears the name of a package, a service or an account, as packages lay their files."""
    words = _stems({path})
    return any(word.startswith(stem) or stem.startswith(word) for word in words for stem in stems)
