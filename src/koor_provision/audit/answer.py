"""The target's answer, typed and bounded: it comes from a customer's server and is input like any other."""

from datetime import UTC, datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, RootModel

from koor_provision.models.order import RunId
from koor_provision.models.text import shown

Text = Annotated[str, Field(max_length=8192)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}\z")]
State = Literal[
    "", "shipped", "registered", "link", "made", "compiled", "record", "gone", "differs", "strange mode",
    "strange owner", "inside", "script",
]  # fmt: skip


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Runs(_Answer):
    """Earlier runs by their plans: those that noted no end, and those that were undone or finished by another."""

    open: list[RunId] = []
    settled: list[RunId] = []


class Started(_Answer):
    """The first look: a digest of what was seen, which stays there, and how many files that was."""

    sha256: Digest
    files: Annotated[int, Field(ge=0)]
    seconds: float
    troubles: list[Text]
    runs: Runs = Runs()


class Holder(_Answer):
    """The run that is at work there: its plan, and since when, in seconds since 1970."""

    run: Annotated[str, Field(max_length=100)]
    since: Annotated[int, Field(ge=0, le=1 << 40)]

    def __str__(self) -> str:
        """In words, for the engineer."""
        since = datetime.fromtimestamp(self.since, UTC)
        return f"another run ({shown(self.run) or 'just begun'}, since {since:%Y-%m-%d %H:%M} UTC)"


class Busy(_Answer):
    """No look was taken."""

    busy: Holder


class Begun(RootModel[Started | Busy]):
    """The first word from there."""


class Seen(NamedTuple):
    """One file as it was, or is.

    Attributes:
        links: how many names it has.
        attributes: a letter for each sort of what it has beside its mode (A and D: access control lists, of its own and
            for what is made in it; others: S, T, U), and a digest.
    """

    mode: int
    uid: int
    gid: int
    size: int
    target: Text
    capability: Text
    links: int = 1
    attributes: Text = ""


class FileRow(_Answer):
    """One path that differs.

    Attributes:
        written: it was there before and was written since.
        package: which package that changed has it, and `state` how what lies there agrees with that.
        owner: which other package has it.
    """

    path: Text
    before: Seen | None
    after: Seen | None
    written: bool
    package: Text
    state: State
    owner: Text


class AccountRow(NamedTuple):
    """One user or group; `fields` is what is there now, without anything secret; `package` whose scripts name it."""

    kind: Literal["user", "group"]
    name: Text
    how: Literal["added", "changed", "removed"]
    detail: Text
    fields: dict[Text, Text | bool | list[Text]]
    package: Text


class PortRow(NamedTuple):
    """One place where something listens now, or did.

    Attributes:
        before: whether something listened there before as well.
        user: whose socket it is.
        programs: of all processes that hold it, the package that has the executable, and the unit of systemd; empty
            where they could not be seen.
    """

    port: Text
    listens: bool
    before: bool
    holder: Text
    user: Text
    programs: list[tuple[Text, Text]]


class Answer(_Answer):
    """The second look.

    Attributes:
        sha256: what the first look's digest is now said to be, and `intact` whether it is.
        packages: version and state before and after, of those that differ.
        shipped: by package, how many files changed that are exactly as it shipped them.
        settings, mounts: name, before and after.
        firewall: which rules, and how they changed.
        left_out: what was not looked at, and why.
    """

    sha256: Digest
    intact: bool
    files: Annotated[int, Field(ge=0)]
    seconds: float
    troubles: list[Text]
    left_out: list[Text]
    packages: dict[Text, tuple[list[Text] | None, list[Text] | None]]
    shipped: dict[Text, int]
    files_changed: list[FileRow]
    accounts: list[AccountRow]
    settings: list[tuple[Text, Text | None, Text | None]]
    mounts: list[tuple[Text, Text | None, Text | None]]
    ports: list[PortRow]
    firewall: list[tuple[Text, Text]]
