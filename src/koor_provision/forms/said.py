"""What people say about the rows of a form, in a file: for whoever has no terminal, or prepares the answers."""

from typing import Annotated

from pydantic import Field

from koor_provision.models.base import Count, Day, Flag, Line, Model, Paragraph, PersonId, Slug


class Said(Model):
    """An answer about one row of the install checklist; `by` and `date` are the engineer's and today unless given."""

    done: Flag
    count: Count | None = None
    by: PersonId | None = None
    date: Day | None = None
    remark: Line | None = None
    why_not: Line | None = None


class InstallAnswers(Model):
    """Answers for `koor-provision checklist`, by row."""

    rows: Annotated[dict[Slug, Said], Field(max_length=200)]


class YearlyAnswers(Model):
    """Answers for `koor-provision maintain`, by row: what the customer reads."""

    rows: Annotated[dict[Slug, Paragraph], Field(max_length=200)]
