"""The CTO's forms, what is to be done at installation (R12) and at the yearly maintenance (R14); and one filled in."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import Count, Day, Flag, Line, Model, Paragraph, PersonId, Reference, Sha256, Slug
from koor_provision.models.documents import CompanyDocument, Document


class Item(Model):
    """One line of a form.

    Attributes:
        limit: the most that the form allows, where it counts something.
        proven_by: tests of the verification that prove it all together, by their names in the report, such as
            `web: https answers`. Without one only a person can say that it is done.
    """

    id: Slug
    text: Line
    limit: Count | None = None
    proven_by: Annotated[tuple[Line, ...], Field(max_length=20)] = ()


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


class MaintenanceRow(Model):
    """One line of the maintenance form, filled in.

    Attributes:
        verdict: `good` and `attention` are judged by what was measured; `noted` by nobody; `open` was not done.
        found: what was measured, in words.
        said: what a person said.
        advice: what to do about it.
    """

    item: Slug
    verdict: Literal["good", "attention", "noted", "open"]
    found: Line | None = None
    said: Paragraph | None = None
    advice: Paragraph | None = None


class MaintenanceReport(Document):
    """One yearly maintenance of one customer's server (R14). Signed by the engineer; the customer gets a copy.

    `unchanged` is whether the scope audit found nothing changed on the server but what runs there itself.
    """

    KIND: ClassVar[str] = "maintenance-report"
    kind: Literal["maintenance-report"]
    customer: Reference
    order: Reference
    host: Slug
    date: Day
    performed_by: PersonId
    supervised_by: Line | None = None
    contract: Flag
    unchanged: Flag
    form_version: Count
    form_sha256: Sha256
    rows: Annotated[tuple[MaintenanceRow, ...], Field(min_length=1, max_length=200)]


class ChecklistRow(Model):
    """One line of a form, filled in: whether it was done, how many where it counts, by whom and when.

    `measured` is what a look at the server found; `left_open` says why a row is not done.
    """

    item: Slug
    done: Flag = False
    count: Count | None = None
    by: PersonId | None = None
    date: Day | None = None
    measured: Line | None = None
    left_open: Line | None = None
    remark: Line | None = None


class Checklist(Document):
    """The install checklist of one order, made from the CTO's form. Signed by the engineer."""

    KIND: ClassVar[str] = "checklist"
    kind: Literal["checklist"]
    customer: Reference
    order: Reference
    form_version: Count
    form_sha256: Sha256
    rows: Annotated[tuple[ChecklistRow, ...], Field(max_length=200)] = ()
