"""What the company decides in figures and lists where its policy says only 'reasonable' and 'related' (R5)."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from koor_provision.models.base import Amount, Email, Line, Model, Slug
from koor_provision.models.documents import CompanyDocument


class Need(Model):
    """Software that the application or an official module needs, and what for."""

    component: Slug
    needed_by: Line


class CompanyPolicy(CompanyDocument):
    """Signed by the HOCS or the CTO.

    Attributes:
        mailboxes: addresses of ours at which customers order; a mail that was sent to nobody of them is no order.
        additions_percent: how much all additions to an order may take together, of the offer's hours and of its cost.
        application_needs: what may be asked for additionally.
    """

    KIND: ClassVar[str] = "policy"
    kind: Literal["policy"]
    mailboxes: Annotated[tuple[Email, ...], Field(min_length=1, max_length=20)]
    additions_percent: Annotated[Amount, Field(le=Decimal(100))]
    application_needs: Annotated[tuple[Need, ...], Field(max_length=200)] = ()

    def needs(self, component: str) -> bool:
        """Whether the application or an official module needs a component."""
        return any(need.component == component for need in self.application_needs)
