"""Ready pipelines for CI systems, as texts to be written into somebody's repository."""

import re
from dataclasses import dataclass
from importlib.resources import files

from koor_provision.errors import InputError

PLACES = {"github": ".github/workflows/koor-provision.yml", "gitlab": ".gitlab-ci.yml"}
"""Where each CI system looks for its pipeline."""
_REQUIREMENT = re.compile(r"[A-Za-z0-9@:/._+=~<>,!\[\] -]{1,300}", re.ASCII)
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,100}", re.ASCII)


@dataclass(frozen=True)
class Settings:
    """What differs from repository to repository.

    Attributes:
        requirement: what pip is to install.
        branch: the one that changes are merged into.
        own_roles: whether the repository holds roles/ and molecule/; otherwise those of koor-provision are tested.
    """

    requirement: str
    branch: str
    own_roles: bool


def pipeline(system: str, settings: Settings) -> str:
    """The pipeline of a CI system.

    Raises:
        InputError: a setting would not stand in it as it is.
    """
    for value, form, option in (
        (settings.requirement, _REQUIREMENT, "--requirement"),
        (settings.branch, _BRANCH, "--branch"),
    ):
        if not form.fullmatch(value):
            raise InputError(f"{value!r} cannot stand in a pipeline", where=option, hint="use plain letters and signs")
    text = files("koor_provision.pipelines").joinpath("templates", f"{system}.yml").read_text(encoding="utf-8")
    own = " ." if settings.own_roles else ""
    quick = f"test{own} --changed-since origin/{settings.branch} --without stack --junit roles.xml"
    filled = {
        "REQUIREMENT": settings.requirement,
        "BRANCH": settings.branch,
        # Roles that came with koor-provision change with its version only.
        "QUICK": quick if settings.own_roles else "lint",
        "WHOLE": f"test{own} --junit roles.xml",
    }
    for name, value in filled.items():
        text = text.replace(f"@{name}@", value)
    return text
