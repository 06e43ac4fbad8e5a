"""What preflight found on the target, without changing anything there."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from koor_provision.models.base import Flag, Line, Model
from koor_provision.models.earlier import KeptRun
from koor_provision.models.origin import MOST_LETTERS, Said
from koor_provision.models.scope import PackageName, ScopePath
from koor_provision.models.software import System
from koor_provision.models.undo import Kept
from koor_provision.models.versions import WELL_FORMED

Version = Annotated[str, StringConstraints(pattern=rf"^{WELL_FORMED}\z")]
Architecture = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}\z")]
AptConfig = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._/-]{1,120}\z")]


class Source(Model):
    """A repository that offers a version of a package.

    Attributes:
        label, codename: what its Release file says; empty where it says nothing.
        place: how the server reaches it, such as `https://mirror.example/debian bookworm/main amd64 Packages`.
        signed: who vouches for the Release file: a key of the system's own keyring, another key that the server's apt
            trusts, or nobody.
    """

    label: Said = ""
    codename: Said = ""
    place: Said = ""
    signed: Literal["system", "other", "nobody"] = "nobody"


class PackageChange(Model):
    """One package that apt would add or upgrade.

    Attributes:
        old_version: None for a new one.
        unpacked: it lies there already and is only set up, so nothing is fetched.
        sources: every repository that offers this version, any of which apt may fetch it from.
    """

    name: PackageName
    version: Version
    old_version: Version | None = None
    architecture: Architecture | None = None
    unpacked: Flag = False
    sources: Annotated[tuple[Source, ...], Field(max_length=50)] = ()

    @property
    def origin(self) -> str | None:
        """The names of the repositories that offer it, as the plan pins them; None where nothing is fetched."""
        if self.unpacked:
            return None
        return ", ".join(sorted({one.label or "unnamed" for one in self.sources}))[:MOST_LETTERS] or "unknown"


class Facts(Model):
    """The target as it is. Everything here comes from the customer's server: typed and bounded, never trusted further.

    Attributes:
        installed: versions of the order's packages that are there already.
        candidates: versions that the target's repositories offer for the order's packages.
        architectures: of those: for which machines they are made, such as amd64, or all.
        changes: what apt would add or upgrade for the order (simulated).
        removals: what apt would remove for it; must be empty. Where a component is to go: that, and what depends on it.
        orphans: what nothing else on the server would need once a component is gone.
        present: those of the component's paths, as its contract writes them, at which something lies.
        unfinished: packages that the package manager was torn from; the run finishes them first.
        missing: ordered packages that no repository of the target offers.
        kept: what the server kept of a run that is to be undone.
        runs: what the server keeps of earlier runs.
        others: packages that are there by which one sees components that the order does not have.
        apt_config: apt.conf file on the target with the private package lists that this was worked out from, or empty.
    """

    system: System
    system_name: Line
    machine_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}\z")]
    memory_mb: Annotated[int, Field(ge=0)]
    cores: Annotated[int, Field(ge=1)]
    disk_free_mb: Annotated[int, Field(ge=0)]
    disk_rotational: bool | None = None
    installed: dict[PackageName, Version] = Field(default_factory=dict)
    candidates: dict[PackageName, Version] = Field(default_factory=dict)
    architectures: dict[PackageName, Architecture] = Field(default_factory=dict)
    changes: Annotated[tuple[PackageChange, ...], Field(max_length=2000)] = ()
    removals: Annotated[tuple[PackageName, ...], Field(max_length=2000)] = ()
    orphans: Annotated[tuple[PackageName, ...], Field(max_length=2000)] = ()
    present: Annotated[tuple[ScopePath, ...], Field(max_length=200)] = ()
    unfinished: Annotated[tuple[PackageName, ...], Field(max_length=2000)] = ()
    missing: tuple[PackageName, ...] = ()
    kept: Kept | None = None
    runs: Annotated[tuple[KeptRun, ...], Field(max_length=1000)] = ()
    others: Annotated[tuple[PackageName, ...], Field(max_length=200)] = ()
    apt_config: AptConfig | None = None
