"""Undoing a run: what the server kept of it, and what of that a plan takes back."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from koor_provision.models.base import Count, Flag, Model, Slug
from koor_provision.models.order import RunId
from koor_provision.models.scope import Account, PackageName, ScopePath, Unit
from koor_provision.models.versions import WELL_FORMED


def _straight(path: str) -> str:
    if {".", ".."} & {*path.split("/")} or "//" in path:
        raise ValueError("must lead downwards only")
    return path


KeptPath = Annotated[
    str, StringConstraints(pattern=r"^/[^\x00-\x1f\x7f*?\[\]]+\z", max_length=401), AfterValidator(_straight)
]
"""One path as it is on the server; what its name holds is never a pattern, and shown with care."""
Version = Annotated[str, StringConstraints(pattern=rf"^{WELL_FORMED}\z")]


Alternative = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9+._-]{0,80}\z")]


class Made(Model):
    """A place for data that the run made; `touched` if it is not as the run left it."""

    path: KeptPath
    files: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(ge=0)]
    touched: Flag


class Kept(Model):
    """What a server kept of a run, held against how it is now. From the customer's server: input like any other.

    Attributes:
        state: `none` if nothing is kept of that run.
        later: runs after it that are not undone.
        plan, signatures: of the run, as they were signed.
        finished: whether the run could note what it left; otherwise nobody knows what was changed since.
        added: packages that were not there before, and their versions now.
        left: those of them of which configuration was there before.
        upgraded: packages in another version than before: that one, and the present one.
        automatic: packages that are marked as asked for by name, and were not.
        restored: paths that were there before and are otherwise now, or gone.
        deleted: paths that were not there; with a slash at the end, a folder and all that is in it.
        changed: those, and what is in them, that somebody made or changed since the run.
        others: those that belong to packages which stay.
        made: places for data that were not there.
        alternatives: names that dpkg chooses among alternatives for, and were not there.
        choices: names for which the run left something else chosen than was before.
        users, groups: accounts that were not there.
        started, stopped, restarted: services to get back to how they were, and to have read their configuration.
    """

    run: RunId
    state: Literal["kept", "undone", "none"]
    later: Annotated[tuple[RunId, ...], Field(max_length=1000)] = ()
    plan: Annotated[str, Field(max_length=1 << 20)] = ""
    signatures: Annotated[str, Field(max_length=1 << 17)] = ""
    finished: bool = False
    added: dict[PackageName, Version] = Field(default_factory=dict)
    left: tuple[PackageName, ...] = ()
    upgraded: dict[PackageName, tuple[Version, Version]] = Field(default_factory=dict)
    automatic: tuple[PackageName, ...] = ()
    restored: Annotated[tuple[KeptPath, ...], Field(max_length=5000)] = ()
    deleted: Annotated[tuple[KeptPath, ...], Field(max_length=5000)] = ()
    changed: Annotated[tuple[KeptPath, ...], Field(max_length=5000)] = ()
    others: Annotated[tuple[KeptPath, ...], Field(max_length=5000)] = ()
    made: Annotated[tuple[Made, ...], Field(max_length=1000)] = ()
    alternatives: tuple[Alternative, ...] = ()
    choices: tuple[Alternative, ...] = ()
    users: tuple[Account, ...] = ()
    groups: tuple[Account, ...] = ()
    started: tuple[Unit, ...] = ()
    stopped: tuple[Unit, ...] = ()
    restarted: tuple[Unit, ...] = ()


class Given(Model):
    """Data that goes for good, and how much that is."""

    path: KeptPath
    files: Count
    megabytes: Count


class TakenPackage(Model):
    """A package that the run added for a component, or for what that needs; configuration from before it stays."""

    name: PackageName
    version: Version
    component: Slug | None = None
    configuration_stays: Flag = False


class PlannedUndo(Model):
    """What is taken back of one run.

    Attributes:
        finished: as the server noted it; where not, only what the order names is taken back.
        discard: whether what was made or changed since may go.
        packages: go, with their configuration.
        upgraded: stay in the version that they have now.
        automatic: are marked again as there for others only.
        restored, deleted: files and folders, see `Kept`.
        made: places for data that go and hold nothing that was made since.
        data: data that goes, and was made or changed since.
        changed: files that go or come back, and were made or changed since.
        alternatives: names of which nothing is left to choose from.
        choices: names for which is chosen again what was before.
        users, groups: go unless they still own something.
        started, stopped, restarted: services.
    """

    run: RunId
    finished: Flag
    discard: Flag
    packages: tuple[TakenPackage, ...] = ()
    upgraded: tuple[PackageName, ...] = ()
    automatic: tuple[PackageName, ...] = ()
    restored: tuple[KeptPath, ...] = ()
    deleted: tuple[KeptPath, ...] = ()
    made: tuple[KeptPath, ...] = ()
    data: tuple[Given, ...] = ()
    changed: tuple[KeptPath, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    choices: tuple[Alternative, ...] = ()
    users: tuple[Account, ...] = ()
    groups: tuple[Account, ...] = ()
    started: tuple[Unit, ...] = ()
    stopped: tuple[Unit, ...] = ()
    restarted: tuple[Unit, ...] = ()

    @property
    def going(self) -> tuple[KeptPath, ...]:
        """Every path that is deleted."""
        return (*self.deleted, *self.made, *(one.path for one in self.data))

    def beside(self, scope: Sequence[ScopePath]) -> tuple[KeptPath, ...]:
        """Paths that were no business of a run: not in /etc, where its packages' scripts work too, nor in its scope."""
        covered = [f"{path.rstrip('/')}/*" for path in scope]
        return tuple(
            path
            for path in (*self.restored, *self.going)
            if not path.startswith("/etc/") and not any(fnmatchcase(f"{path.rstrip('/')}/", one) for one in covered)
        )
