"""The CTO's training manuals, and which programme an order has (R13)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import Line, Model, Paragraph
from koor_provision.models.documents import CompanyDocument

ProgrammeName = Literal["key-user", "end-user", "developer"]
"""The policy's three: customer administrator or key user, end user, third party developer."""


class Topic(Model):
    """One part of a programme."""

    title: Line
    text: Paragraph


class Programme(Model):
    """What one kind of trainee learns, and how one sees that it was learned."""

    programme: ProgrammeName
    title: Line
    goals: Annotated[tuple[Paragraph, ...], Field(min_length=1, max_length=20)]
    topics: Annotated[tuple[Topic, ...], Field(min_length=1, max_length=100)]


class TrainingManual(CompanyDocument):
    """The general training programmes; they are the CTO's (R13)."""

    KIND: ClassVar[str] = "training-manual"
    kind: Literal["training-manual"]
    programmes: Annotated[tuple[Programme, ...], Field(min_length=1, max_length=10)]

    def find(self, name: str) -> Programme | None:
        """The programme of this name."""
        return next((one for one in self.programmes if one.programme == name), None)
