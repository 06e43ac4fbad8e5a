"""The CTO's forms: what is to be done at installation (R12) and at the yearly maintenance (R14)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import Count, Line, Model, Slug
from koor_provision.models.documents import CompanyDocument


class Item(Model):
    """One line of a form. `limit` is the most that the form allows, where it counts something."""

    id: Slug
    text: Line
    limit: Count | None = None


class InstallChecklist(CompanyDocument):
    """Application Install Checklist; its form is the CTO's (R12)."""

    KIND: ClassVar[str] = "install-checklist"
    kind: Literal["install-checklist"]
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)]


class MaintenanceChecklist(CompanyDocument):
    """Maintenance Checklist; its tasks are the CTO's (R14)."""

    KIND: ClassVar[str] = "maintenance-checklist"
    kind: Literal["maintenance-checklist"]
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)]
