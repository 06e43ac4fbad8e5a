"""The spec of an image, and the plan that it is built by. No customer stands in either."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from koor_provision.models.application import Application
from koor_provision.models.base import Count, Flag, Line, Moment, Paragraph, Sha256, Slug
from koor_provision.models.components import Component, Role, Sqlsrv, kind_of
from koor_provision.models.documents import Document
from koor_provision.models.plan import PlannedHost, PlannedPackage, Touches


class ImageSpec(Document):
    """What an image is made of, and the machine that its descriptors ask for (R10's recommendation unless said).

    Attributes:
        name: names the files and the machine; every UUID inside follows from it.
        disk_gb: size of the disk in GiB; only what is used takes room in the files.
    """

    KIND: ClassVar[str] = "image"
    kind: Literal["image"]
    name: Slug
    summary: Paragraph
    system: Literal["debian12", "debian13"]
    components: Annotated[tuple[Component, ...], Field(min_length=1, max_length=30)]
    cores: Annotated[Count, Field(ge=1, le=256)] = 10
    memory_mb: Annotated[Count, Field(ge=1024, le=1_048_576)] = 32_768
    disk_gb: Annotated[Count, Field(ge=4, le=2_000)] = 20

    @model_validator(mode="after")
    def _fits_on_one_machine(self) -> Self:
        names = [one.component for one in self.components]
        if len(names) != len(set(names)):
            raise ValueError("components: names one of them twice")
        if any(isinstance(one, Sqlsrv) for one in self.components):
            raise ValueError("components: sqlsrv needs a server that an image cannot know")
        if any(isinstance(one, Application) for one in self.components):
            raise ValueError("components: the application comes by its archive, which no image is given")
        for role in (Role.WEB, Role.CACHE):
            if len([name for name in names if kind_of(name) is role]) > 1:
                raise ValueError(f"components: has more than one {role.value}")
        return self


class ImagePlan(Document):
    """What the gate admitted, worked out on the container in which the roles are going to run.

    Attributes:
        inputs: digests of the spec and of every company document that the decision rests on.
        content_sha256: digest of the playbooks, roles and modules that will run.
        sample: true where a sample company's keys stand beneath it, which everybody has; else nothing.
    """

    KIND: ClassVar[str] = "image-plan"
    kind: Literal["image-plan"]
    image: Slug
    created: Moment
    host: PlannedHost
    components: tuple[Component, ...]
    packages: tuple[PlannedPackage, ...]
    touches: Touches
    sample: Flag | None = None
    notes: tuple[Line, ...] = ()
    inputs: dict[str, Sha256]
    content_sha256: Sha256

    @property
    def removal(self) -> None:
        """An image takes nothing out of a server."""
        return

    @property
    def undo(self) -> None:
        """Nor does it take a run back."""
        return

    @property
    def keeps(self) -> None:
        """What the roles change in an image is kept nowhere: nobody is going to take it back."""
        return
