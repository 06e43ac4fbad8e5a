"""The scope contracts of the roles."""

from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import read, require_folder
from koor_provision.models.scope import Scope

SOFTWARE = Path("meta", "software")
"""Where a role keeps the contracts of several components, one file each, instead of one of its own."""


def load_scopes(roles: Path) -> dict[str, Scope]:
    """Every role's contract or contracts, by component.

    Raises:
        InputError: a role has none, or one of another component.
    """
    scopes: dict[str, Scope] = {}
    for role in sorted(path for path in require_folder(roles, "reinstall koor-provision").iterdir() if path.is_dir()):
        several = role / SOFTWARE
        files = (
            {file.stem: file for file in sorted(several.glob("*.yml"))}
            if several.is_dir()
            else {role.name: role / "meta" / "scope.yml"}
        )
        for name, file in files.items():
            where = f"roles/{file.relative_to(roles)}"
            scope = to_model(read(file, where), Scope)
            if scope.component != name or name in scopes:
                raise InputError(
                    f"is the contract of '{scope.component}'", where=where, hint="name a component of its own"
                )
            scopes[name] = scope
    return scopes
