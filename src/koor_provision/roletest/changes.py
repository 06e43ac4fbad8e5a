"""What changed since a revision, and which roles and scenarios that can affect."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from koor_provision.errors import InputError
from koor_provision.roletest.mentions import every_role
from koor_provision.roletest.scenarios import Scenario

_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/~^@{}-]{0,100}", re.ASCII)
_ALL_ROLES = (
    "src/koor_provision/rolelint/",
    "src/koor_provision/roletest/",
    "src/koor_provision/models/scope.py",
    "script/lint_rules/",
    ".ansible-lint",
    "pyproject.toml",
    "requirements/",
)
"""What judges every role: where it changes, each is judged again."""


@dataclass(frozen=True)
class Choice:
    """What is to be looked at.

    Attributes:
        roles: judged from their files.
        scenarios: run on servers.
        playbooks: whether the playbooks are judged as well.
        whole: nothing was left out.
    """

    roles: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    playbooks: bool
    whole: bool = False

    def of(self, other: "Choice") -> "Choice":
        """What is in both."""
        return Choice(
            tuple(name for name in self.roles if name in other.roles),
            tuple(one for one in self.scenarios if one in other.scenarios),
            playbooks=self.playbooks and other.playbooks,
            whole=self.whole and other.whole,
        )


def everything(root: Path, scenarios: Sequence[Scenario]) -> Choice:
    """All roles and all scenarios."""
    return Choice(tuple(sorted(every_role(root))), tuple(scenarios), playbooks=True, whole=True)


def of_roles(root: Path, scenarios: Sequence[Scenario], names: Sequence[str]) -> Choice:
    """Some roles, and the scenario that bears the name of each.

    Raises:
        InputError: there is no such role or scenario.
    """
    known = every_role(root) | {one.name for one in scenarios}
    for name in names:
        if name not in known:
            raise InputError(f"no role '{name}'", where="roles", hint=f"there are: {', '.join(sorted(known))}")
    roles = tuple(sorted(set(names) & every_role(root)))
    return Choice(roles, tuple(one for one in scenarios if one.name in names), playbooks=False)


def affected(root: Path, scenarios: Sequence[Scenario], paths: Sequence[str]) -> Choice:
    """What these changed files can affect."""
    roles = {path.split("/")[1] for path in paths if path.startswith("roles/") and path.count("/") > 1}
    if any(path.startswith(_ALL_ROLES) for path in paths):
        roles = set(every_role(root))
    return Choice(
        tuple(sorted(roles & every_role(root))),
        tuple(one for one in scenarios if any(one.affected_by(path) for path in paths)),
        playbooks=any(path.startswith(("playbooks/", *_ALL_ROLES)) for path in paths),
    )


def changed_since(root: Path, revision: str) -> tuple[str, ...]:
    """Every file that differs from what it was when the present work left a revision's line, from `root`.

    What is not committed yet counts, and new files do.

    Raises:
        InputError: it is no git checkout, or has no such revision.
    """
    if not _REVISION.fullmatch(revision):
        raise InputError("is no revision", where=revision, hint="name a branch, a tag or a commit")
    base = _git(root, "merge-base", "HEAD", revision)[0]
    changed = _git(root, "diff", "--name-only", "--relative", "--no-renames", "-z", base)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return tuple(sorted(set(changed) | set(new)))


def _git(root: Path, *arguments: str) -> list[str]:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise InputError("git is not installed", hint="apt-get install git") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(
            f"git does not know what changed: {said[-1] if said else arguments[-1]}",
            where=str(root),
            hint="name a revision that this checkout has, and fetch its history: git fetch --unshallow",
        )
    return [name for name in re.split("[\0\n]", done.stdout.decode(errors="surrogateescape")) if name]
