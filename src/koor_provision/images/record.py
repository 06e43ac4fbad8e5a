"""What a build says of itself, in `image.json`: read back strictly, for whoever tests an image."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, ValidationError, model_validator

from koor_provision.errors import InputError
from koor_provision.images.descriptors.machine import Machine
from koor_provision.images.names import RECORD
from koor_provision.images.release import Format, file_of
from koor_provision.models.base import Line, Model, Paragraph, Sha256, Slug
from koor_provision.models.components import Component
from koor_provision.models.finding import Verdict
from koor_provision.models.software import System

_LIMIT_BYTES = 1 << 20
SYSTEMS: Mapping[System, str] = {"debian12": "Debian 12", "debian13": "Debian 13"}
Text = Annotated[str, StringConstraints(max_length=4_000)]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.+~:-]{0,100}\z")]
"""Debian's; empty for what has no version of its own."""


class Exact(Model):
    """A model that takes no text for a number."""

    model_config = ConfigDict(strict=True)


class Judged(Exact):
    """A finding of the gate, as it is kept."""

    rule: Annotated[str, StringConstraints(pattern=r"^R[0-9]{1,2}[ab]?\z")]
    verdict: Verdict
    reason: Text
    where: Text


class Ran(Exact):
    """What ran in the container: digests of playbooks, roles and modules."""

    content_sha256: Sha256
    parts: dict[Annotated[str, StringConstraints(max_length=200)], Sha256]


class Size(Exact):
    """What the descriptors ask for.

    Attributes:
        used_bytes: what of the disk holds something.
    """

    cores: Annotated[int, Field(ge=1, le=256)]
    memory_mb: Annotated[int, Field(ge=1024, le=1_048_576)]
    disk_bytes: Annotated[int, Field(ge=1 << 32, le=2_000 << 30, multiple_of=1 << 30)]
    used_bytes: Annotated[int, Field(ge=1)]


class ImageRecord(Exact):
    """The record of a build.

    Attributes:
        versions: of each component the version of its own package.
        inputs: digests of what the gate judged by.
        disk_sha256: of the raw disk.
        files: of each format its file.
    """

    kind: Literal["image-record"]
    image: Slug
    summary: Paragraph
    system: System
    built_with: Line
    sample: bool
    components: Annotated[tuple[Component, ...], Field(min_length=1)]
    versions: dict[Slug, Version]
    findings: tuple[Judged, ...]
    inputs: dict[Annotated[str, StringConstraints(max_length=300)], Sha256]
    content: Ran
    machine: Size
    disk_sha256: Sha256
    files: Annotated[dict[Format, str], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for form, name in self.files.items():
            if name != file_of(self.image, form):
                raise ValueError(f"files: {form} must be {file_of(self.image, form)}")
        if set(self.versions) != {one.component for one in self.components}:
            raise ValueError("versions: must name every component and nothing else")
        for rule in ("R8", "R9"):
            if not any(one.rule == rule for one in self.findings):
                raise ValueError(f"findings: has none of {rule}, which every image is judged by")
        if any(one.verdict.blocks for one in self.findings):
            raise ValueError("findings: holds one that refuses the image")
        return self


def contents_of(system: System, versions: Mapping[str, str]) -> tuple[str, ...]:
    """What is inside, in words.

    Args:
        versions: of each component the version of its own package; empty for what has none.
    """
    inside = [f"{name} {version}".strip() for name, version in versions.items()]
    return (f"{SYSTEMS[system]}, kernel and guest tools of Debian", *inside)


def machine_of(record: ImageRecord) -> Machine:
    """The machine that descriptors and texts of this image describe."""
    return Machine(
        name=record.image,
        summary=record.summary,
        system=SYSTEMS[record.system],
        contents=contents_of(record.system, record.versions),
        version=record.content.content_sha256[:12],
        cores=record.machine.cores,
        memory_mb=record.machine.memory_mb,
        disk_bytes=record.machine.disk_bytes,
        used_bytes=record.machine.used_bytes,
    )


@dataclass(frozen=True)
class Image:
    """A folder that a build left, as its own record describes it."""

    folder: Path
    record: ImageRecord

    @property
    def files(self) -> dict[Format, str]:
        """For each format its file."""
        return dict(self.record.files)

    @property
    def disk_bytes(self) -> int:
        """Size of the disk."""
        return self.record.machine.disk_bytes


def read_record(folder: Path) -> ImageRecord:
    """Read the record in an image's folder.

    Raises:
        InputError: there is none, or it is not as a build writes it; with every place that is wrong.
    """
    hint = "name the folder that `koor-provision image build` wrote; if an older one did, build the image again"
    where = str(folder / RECORD)
    try:
        with (folder / RECORD).open("rb") as file:
            data = file.read(_LIMIT_BYTES + 1)
    except OSError as error:
        raise InputError("holds no image", where=str(folder), hint=hint) from error
    if len(data) > _LIMIT_BYTES:
        raise InputError("is too long for the record of an image", where=where, hint=hint)
    try:
        return ImageRecord.model_validate_json(data)
    except ValidationError as error:
        wrong = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}".removeprefix(": ") for one in
                 error.errors(include_url=False)]  # fmt: skip
        said = "; ".join(wrong[:5]) + (f"; and {len(wrong) - 5} more" if wrong[5:] else "")
        raise InputError(f"is no record of an image: {said}", where=where, hint=hint) from error
