"""The scope contracts of the roles."""

from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import read, require_folder
from koor_provision.models.scope import Scope


def load_scopes(roles: Path) -> dict[str, Scope]:
    """Every role's contract, by component.

    Raises:
        InputError: a role has none, or one of another component.
    """
    scopes = {}
    for role in sorted(path for path in require_folder(roles, "reinstall koor-provision").iterdir() if path.is_dir()):
        file = role / "meta" / "scope.yml"
        scope = to_model(read(file, f"roles/{role.name}/meta/scope.yml"), Scope)
        if scope.component != role.name:
            raise InputError(
                f"is the contract of '{scope.component}'",
                where=f"roles/{role.name}/meta/scope.yml",
                hint="name the role's own component",
            )
        scopes[scope.component] = scope
    return scopes
